"""Writes those files of tests/samples that are not plain text: `python -m tests.makers.make_samples`.

The pages are kept as UTF-8 in tests/makers/pages. Every date and id is fixed, so a second run writes the same bytes.
"""

from __future__ import annotations

from pathlib import Path

from tests.makers.warc_bytes import digest, gzipped, http_request, http_response, info, record, response

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent / "samples"
PAGE_URI = "http://www.lanwang.example.org/shengtai/20240307/1015.html"
NOTICE_URI = "http://www.lanwang.example.org/notice/20240308.txt"
NOTICE = (
    "白鹿口湿地核心区临时管理公告\n\n"
    "自2024年3月8日起至4月10日止，白鹿口湿地核心区每日五时至九时、十六时至十九时禁止船只通行，渔民持证船只除外。\n\n"
    "观鸟请走南岸木栈道。咨询电话0999-5550162。\n\n"
    "沙浦县白鹿口湿地保护站\n"
)


def page(name: str) -> str:
    """A page of tests/makers/pages."""
    return (HERE / "pages" / name).read_text(encoding="utf-8")


def crawl() -> list[bytes]:
    """The records of a small crawl: a page with its request, the same page unchanged a day later, a resource."""
    body = page("crawl.html").encode()
    message = http_response(body, "text/html; charset=utf-8", ("ETag", '"b71c"'))
    request_type = "application/http; msgtype=request"
    unchanged = http_response(b"", "text/html; charset=utf-8", ("ETag", '"b71c"'), status="304 Not Modified")
    notice = NOTICE.encode()
    return [
        info("2024-03-07T10:00:00Z"),
        response(PAGE_URI, "2024-03-07T10:00:01Z", message, body),
        record("request", PAGE_URI, "2024-03-07T10:00:01Z", request_type, http_request(PAGE_URI)),
        record(
            "revisit",
            PAGE_URI,
            "2024-03-08T10:00:01Z",
            "application/http; msgtype=response",
            unchanged,
            ("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"),
            ("WARC-Payload-Digest", digest(body)),
            ("WARC-Refers-To-Target-URI", PAGE_URI),
            ("WARC-Refers-To-Date", "2024-03-07T10:00:01Z"),
        ),
        record(
            "resource",
            NOTICE_URI,
            "2024-03-08T10:00:05Z",
            "text/plain; charset=utf-8",
            notice,
            ("WARC-Payload-Digest", digest(notice)),
        ),
    ]


def files() -> dict[str, bytes]:
    """Path below tests/samples -> bytes, of every file that this program makes."""
    whole = gzipped(*crawl())
    return {
        "dongyu-shibao/20240303-qingshixia.html": page("traditional.html").encode("big5"),
        "nanpu-wang/20240305-chengzhuan.html": page("ordinary.html").encode("gb18030"),
        "lanwang-crawl/20240307.warc.gz": whole,
        "broken/20240301-empty.txt": b"",
        "broken/20240307-cut.warc.gz": whole[: len(whole) // 3],
    }


def main() -> None:
    """Writes them."""
    for name, data in files().items():
        target = SAMPLES / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


if __name__ == "__main__":
    main()
