"""Who is asked through a proxy, and who is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.providers.connections.proxies import bypassed, proxy_for

PROXY = {"https_proxy": "http://proxy.corp:3128", "http_proxy": "http://proxy.corp:3128"}


@pytest.mark.parametrize(
    ("no_proxy", "url"),
    [
        ("*", "https://api.openai.com"),
        ("api.openai.com", "https://api.openai.com"),
        ("API.OpenAI.com", "https://api.openai.com"),
        ("openai.com", "https://api.openai.com"),
        (".openai.com", "https://api.openai.com"),
        ("*.openai.com", "https://api.openai.com"),
        ("openai.com.", "https://api.openai.com"),
        ("a.example; openai.com", "https://api.openai.com"),
        ("a.example;openai.com,b.example", "https://api.openai.com"),
        ("a.example openai.com", "https://api.openai.com"),
        ('"openai.com"', "https://api.openai.com"),
        ("https://api.openai.com", "https://api.openai.com"),
        ("https://api.openai.com/v1/", "https://api.openai.com"),
        ("http://10.1.2.3:80/", "http://10.1.2.3"),
        ("api.openai.com:443", "https://api.openai.com"),
        ("gpu.corp:8000", "http://gpu.corp:8000"),
        ("10.0.0.0/8", "http://10.1.2.3:8000"),
        ("10.1.2.3/32", "http://10.1.2.3"),
        ("192.168.0.0/16,10.0.0.0/8", "http://10.1.2.3"),
        ("10.*", "http://10.1.2.3"),
        ("10.1.*.*", "http://10.1.2.3"),
        ("10.1.2.3", "http://10.1.2.3"),
        ("10.1.2.3:8000", "http://10.1.2.3:8000"),
        ("fd00::/8", "http://[fd00::7]:8000"),
        ("[fd00::7]", "http://[fd00::7]"),
        ("[fd00::7]:8000", "http://[fd00::7]:8000"),
        ("fd00::7", "http://[fd00::7]"),
        ("<local>", "http://gpu:8000"),
    ],
)
def test_a_host_on_the_list_is_asked_directly(no_proxy: str, url: str) -> None:
    assert proxy_for(url, {**PROXY, "no_proxy": no_proxy}) is None
    assert proxy_for(url, {**PROXY, "NO_PROXY": no_proxy}) is None


@pytest.mark.parametrize(
    ("no_proxy", "url"),
    [
        ("", "https://api.openai.com"),
        ("openai.co", "https://api.openai.com"),
        ("notopenai.com", "https://openai.com"),
        ("openai.com", "https://notopenai.com"),
        ("api.openai.com:80", "https://api.openai.com"),
        ("10.0.0.0/8", "http://11.1.2.3"),
        ("10.0.0.0/8", "https://10.example"),
        ("10.0.0.0/33", "http://10.1.2.3"),
        ("fd00::/8", "http://[fe00::7]"),
        ("<local>", "https://api.openai.com"),
        (";,; ", "https://api.openai.com"),
        (".", "https://api.openai.com"),
    ],
)
def test_any_other_host_is_asked_through_the_proxy(no_proxy: str, url: str) -> None:
    assert proxy_for(url, {**PROXY, "no_proxy": no_proxy}) == "http://proxy.corp:3128"


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://LOCALHOST.:1", "http://127.0.0.1:1", "http://127.8.8.8", "http://[::1]"]
)
def test_this_machine_is_never_asked_through_a_proxy(url: str) -> None:
    assert proxy_for(url, PROXY) is None


def test_the_variable_of_the_scheme_goes_first_and_small_letters_do() -> None:
    assert proxy_for("https://h", {"all_proxy": "a:1", "HTTPS_PROXY": "b:1"}) == "http://b:1"
    assert proxy_for("http://h", {"ALL_PROXY": "socks5://a:1", "https_proxy": "b:1"}) == "socks5://a:1"
    assert proxy_for("https://h", {"https_proxy": "", "HTTPS_PROXY": "b:1"}) is None
    assert proxy_for("http://h", {"HTTP_PROXY": "b:1"}) == "http://b:1"
    assert proxy_for("http://h", {"HTTP_PROXY": "b:1", "REQUEST_METHOD": "GET"}) is None


@given(st.text(max_size=40), st.sampled_from(["api.openai.com", "10.1.2.3", "fd00::7", "gpu"]))
def test_no_list_makes_the_question_fail(no_proxy: str, host: str) -> None:
    assert bypassed(host, 443, no_proxy) in (True, False)


@given(st.lists(st.sampled_from(["a.example", "10.0.0.0/8", "x:1"]), max_size=3), st.sampled_from([",", ";", " ", ", ", " ; "]))
def test_an_entry_counts_wherever_it_stands(others: list[str], between: str) -> None:
    for place in range(len(others) + 1):
        listed = between.join([*others[:place], "openai.com", *others[place:]])
        assert bypassed("api.openai.com", 443, listed)
        assert not bypassed("api.example.org", 443, listed)
