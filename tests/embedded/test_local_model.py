"""A GGUF file of the user's answers fill-in-the-middle and chat from a child process."""

import asyncio
import json
import urllib.request
from pathlib import Path
from typing import cast

import pytest

from coderoute_ls.embedded.local_model import LocalModel
from coderoute_ls.errors import ConfigurationError
from tests.embedded.tiny_model import write_tiny_model

Json = dict[str, object]


def post(address: str, path: str, body: Json) -> Json:
    request = urllib.request.Request(address + path, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return cast("Json", json.loads(answer.read()))


async def test_a_model_file_is_served_while_leased_and_stopped_when_idle(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp", reason="needs the extra [local]")
    write_tiny_model(tmp_path / "tiny.gguf")
    model = LocalModel(tmp_path / "tiny.gguf", idle_s=0.0, context=256)
    assert not model.running
    async with model.lease() as address, model.lease() as same:
        assert address == same
        assert address.startswith("http://127.0.0.1:")
        filled = await asyncio.to_thread(post, address, "/infill", {"input_prefix": "a(", "input_suffix": ")", "n_predict": 4})
        assert filled["tokens_predicted"] == 4
        chat: Json = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 4}
        talked = await asyncio.to_thread(post, address, "/v1/chat/completions", chat)
        assert talked["usage"]
    process = model._process  # pyright: ignore[reportPrivateUsage]
    assert process is not None
    assert await process.wait() == 0
    async with model.lease():
        assert model.running
    await model.close()
    assert not model.running


async def test_a_file_that_is_no_model_is_named_in_the_error(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp", reason="needs the extra [local]")
    (tmp_path / "broken.gguf").write_bytes(b"not a model")
    model = LocalModel(tmp_path / "broken.gguf")
    with pytest.raises(ConfigurationError, match=r"broken\.gguf"):
        async with model.lease():
            pass


async def test_a_missing_file_is_named_in_the_error(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp", reason="needs the extra [local]")
    with pytest.raises(ConfigurationError, match=r"providers\.local\.model_path"):
        async with LocalModel(tmp_path / "missing.gguf").lease():
            pass
