"""Articles of broken pages, put together by what their witnesses prove."""
