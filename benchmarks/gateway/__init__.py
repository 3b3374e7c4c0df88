"""The gateway between a tool and a model: what it adds, what it carries, what a hang-up costs; beside other gateways.

``python -m benchmarks gateway``

One vendor on loopback answers at once, in a process of its own; each gateway stands between it and the same client, which keeps
its connections. Added time is that of a request through the gateway less that of one to the vendor itself, at 20 a second, each a
conversation of an agent with 20 tools. ``PEERS=1`` measures LiteLLM's proxy and Portkey's gateway in the same run.

``SOAK=600 python -m benchmarks gateway`` also works for so many seconds on a mixture: conversations that grow, a catalogue of 300
tools, bursts, hang-ups, prompts that are too long, vendors that fail. Memory, files and tasks must stay.
"""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import peers
from benchmarks.gateway import cancels, load, processes, soak, stages


def run() -> dict[str, Any]:
    """All figures; prints them."""
    figures: dict[str, Any] = {"stages_us": stages.measure()}
    with tempfile.TemporaryDirectory() as folder, processes.model() as port:
        arms = [processes.direct(port)]
        with processes.ours(port, Path(folder)) as gateway:
            idle = gateway.told()
            figures["idle_mb"] = idle["mb"]
            arms.append(gateway.arm)
            if found := peers.folder():
                with processes.litellm(port, found, Path(folder)) as other, processes.portkey(port, found) as third:
                    figures["arms"] = _measured([*arms, other, third])
            else:
                figures["arms"] = _measured(arms)
            figures["cancel"] = asyncio.run(cancels.measure(gateway, port))
            if seconds := float(os.environ.get("SOAK", "0")):
                figures["soak"] = asyncio.run(soak.measure(gateway, seconds))
    print(f"idle {figures['idle_mb']:.0f} MB; {_cancelled(figures['cancel'])}")
    return figures


def _measured(arms: list[processes.Arm]) -> dict[str, Any]:
    """Each arm's figures, and what it adds to the vendor itself."""
    measured: dict[str, Any] = {}
    for arm in arms:
        name, figures = arm.name, asyncio.run(load.measure(arm))
        measured[name] = figures
        floor = measured["direct"]
        for share in ("p50", "p95", "p99"):
            figures[f"added_{share}_ms"] = figures[f"{share}_ms"] - floor[f"{share}_ms"]
        added = " / ".join(f"{figures[f'added_{share}_ms']:.2f}" for share in ("p50", "p95", "p99"))
        print(
            f"{name:10} added p50/p95/p99 {added} ms at 20/s; {figures['requests_per_s']:7,.0f} requests/s; "
            f"{figures['tokens_per_s']:9,.0f} streamed tokens/s; {figures.get('mb', 0):4.0f} MB"
        )
    return measured


def _cancelled(figures: dict[str, Any]) -> str:
    return (
        f"{figures['cancels']} hang-ups: vendor closed after {figures['p50_ms']:.2f} ms, p99 {figures['p99_ms']:.2f} ms; "
        f"{figures['booked']} booked, {figures['in_progress']} in progress, {figures['more_tasks']} tasks, "
        f"{figures['more_files']} files and {figures['more_mb']:.1f} MB more than before"
    )
