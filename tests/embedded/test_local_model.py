"""A GGUF file of the user's answers fill-in-the-middle and chat from a child process."""

import asyncio
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coderoute_ls.errors import NotReady, ProviderUnavailable
from coderoute_ls.providers.local_model.model_files import ModelServer, ModelServers, header_of, trouble
from tests.embedded.tiny_model import ANSWER, HOLE, write_tiny_model

pytest.importorskip("xllamacpp", reason="needs the extra [local]")

Json = dict[str, object]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    write_tiny_model(tmp_path / "tiny.gguf")
    return tmp_path / "tiny.gguf"


async def post(served: tuple[str, str], path: str, body: Json) -> Json:
    def send() -> Json:
        headers = {"content-type": "application/json", "authorization": f"Bearer {served[1]}"}
        request = urllib.request.Request(served[0] + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return cast("Json", json.loads(answer.read()))

    return await asyncio.to_thread(send)


def process_of(model: ModelServer) -> asyncio.subprocess.Process:
    child = model._child  # pyright: ignore[reportPrivateUsage]
    assert child is not None
    return child.result().process


async def test_a_model_file_is_served_while_leased_and_stopped_when_idle(tiny: Path) -> None:
    model = ModelServer(tiny, idle_s=0.0, context=256)
    assert not model.running
    async with model.lease() as served, model.lease() as same:
        assert served == same
        assert served[0].startswith("http://127.0.0.1:")
        filled = await post(served, "/infill", {"input_prefix": "a(", "input_suffix": ")", "n_predict": 9})
        assert filled["content"] == HOLE
        talked = await post(served, "/v1/chat/completions", {"messages": [{"role": "user", "content": "hi"}]})
        assert str(talked["choices"]).count(json.dumps(ANSWER)[1:-1]) == 1
        process = process_of(model)
    assert await process.wait() == 0
    async with model.lease():
        assert model.running
        assert process_of(model).pid != process.pid
    await model.close()
    assert not model.running


async def test_nobody_else_on_this_machine_may_ask_it(tiny: Path) -> None:
    model = ModelServer(tiny, context=256)
    try:
        async with model.lease() as (address, _):
            with pytest.raises(urllib.error.HTTPError, match="401"):
                await post((address, "guessed"), "/infill", {"input_prefix": "a", "input_suffix": ")", "n_predict": 1})
            with pytest.raises(urllib.error.HTTPError, match="401"):
                await asyncio.to_thread(urllib.request.urlopen, address + "/slots", timeout=30)
    finally:
        await model.close()


async def test_a_process_that_died_is_started_again(tiny: Path) -> None:
    model = ModelServer(tiny, context=256)
    async with model.lease():
        process = process_of(model)
        process.kill()
        await process.wait()
        async with model.lease() as served:
            assert (await post(served, "/infill", {"input_prefix": "a(", "input_suffix": ")", "n_predict": 9}))["content"] == HOLE
    await model.close()


async def test_who_stops_waiting_does_not_stop_the_loading_and_who_has_no_patience_is_told(tiny: Path) -> None:
    model = ModelServer(tiny, context=256)
    with pytest.raises(NotReady, match=r"tiny\.gguf is still loading"):
        async with model.lease(patience_s=0):
            pass

    async def wait() -> None:
        async with model.lease():
            raise AssertionError("cancelled before it was loaded")

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({waiting})
    assert waiting.cancelled()
    loading = model._child  # pyright: ignore[reportPrivateUsage]
    async with model.lease():
        assert model._child is loading  # pyright: ignore[reportPrivateUsage]
    await model.close()


async def test_slow_loading_is_told_and_the_user_may_stop_it(tiny: Path) -> None:
    told: list[str] = []

    def stop(name: str, loading: "asyncio.Task[object]") -> None:
        told.append(name)
        loading.cancel()

    model = ModelServer(tiny, context=256, slow_s=0.0, on_slow=stop)
    for _ in range(2):  # the second time it is left alone at once
        with pytest.raises(ProviderUnavailable, match=r"tiny\.gguf was stopped while it was loading"):
            async with model.lease():
                pass
    assert told == ["tiny.gguf"]
    assert not model.running
    await model.close()


async def test_closing_ends_a_child_that_is_still_loading(tiny: Path) -> None:
    model = ModelServer(tiny, context=256)
    with pytest.raises(NotReady):
        async with model.lease(patience_s=0):
            pass
    async with asyncio.timeout(60):
        await model.close()
    assert not model.running


@pytest.mark.parametrize(
    ("content", "words"), [(None, "cannot be read"), (b"not a model", "is not a GGUF file"), (b"GGUF but no more", "cannot load")]
)
async def test_a_file_that_cannot_be_loaded_is_named_with_what_to_do(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "wrong.gguf"
    if content is not None:
        path.write_bytes(content)
    model = ModelServer(path)
    for _ in range(2):
        with pytest.raises(ProviderUnavailable, match=rf"wrong\.gguf.*{words}|{words}.*wrong\.gguf"):
            async with model.lease():
                pass
    write_tiny_model(path)  # mended: it is tried at once
    async with model.lease():
        assert model.running
    await model.close()


def test_without_the_extra_the_trouble_says_how_to_get_it(tiny: Path) -> None:
    assert not trouble(tiny)
    assert "pip install 'coderoute-ls[local]'" in trouble(tiny, "a_library_that_is_not_installed")


def test_the_file_itself_says_what_it_is(tiny: Path, tmp_path: Path) -> None:
    header = header_of(tiny)
    assert header is not None and header.fim is not None
    assert (header.context, header.chats, header.missing_bytes) == (512, True, 0)
    assert header.fim.template == "<PRE>{prefix}<SUF>{suffix}<MID>"
    assert header.fim.stop == ("<PRE>", "<SUF>", "<MID>", "</s>")
    (tmp_path / "chat.gguf").write_bytes(b"GGUF and nothing of the kind")
    assert header_of(tmp_path / "chat.gguf") is None
    assert header_of(tmp_path / "missing.gguf") is None


@given(st.integers(0, 400_000), st.binary(min_size=0, max_size=8))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_that_is_cut_or_overwritten_anywhere_is_read_or_refused(tiny: Path, at: int, noise: bytes) -> None:
    data = tiny.read_bytes()
    broken = tiny.with_name("broken.gguf")
    broken.write_bytes(data[:at])
    if at < len(data):
        assert "is cut off" in trouble(broken) or header_of(broken) is None
    broken.write_bytes(data[:at] + noise + data[at + len(noise) :])
    header_of(broken)


async def test_a_file_that_the_settings_no_longer_name_is_stopped(tiny: Path) -> None:
    models = ModelServers(lambda name, loading: None)
    models.use({"local": (tiny, 256)})
    async with models.lease("local", patient=True):
        process = process_of(models._models["local"])  # pyright: ignore[reportPrivateUsage]
        models.use({"local": (tiny, 256)})
        assert process.returncode is None
        models.use({})
        assert await process.wait() == 0
    await models.close()
