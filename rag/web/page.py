"""The Gradio page: one gr.HTML that owns everything visible, one streaming event, one stop, and the `/ask` API."""

# No "from __future__ import annotations" here: Gradio's api() reads real types.
from collections.abc import Iterator
from datetime import date
from typing import Any

import gradio as gr
from gradio.events import api

from index.errors import FootnoteError
from rag.errors import QuestionError
from rag.web.chat import ask_once, converse
from rag.web.site import Site
from rag.web.theme import script
from rag.web.wire import AnswerJson, Message, answer_json

AT_ONCE = 3
WAITING = 64
QUIET = 60.0
"""Seconds between messages to all who wait; the page shows none of them."""


def build(site: Site) -> gr.Blocks:
    """The page over one site. `launch_options` of `rag.web.theme` launches it."""
    page = gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True)
    with page:
        # a constant template and a JSON value: no text of a user or document is ever parsed as HTML
        view = gr.HTML(
            value=None,
            html_template="<div class='fn-root'></div>",
            js_on_load=script(),
            apply_default_css=False,
            elem_id="fn-view",
        )

        def on_ask(event: gr.EventData, request: gr.Request) -> Iterator[dict[str, Any]]:
            yield from converse(site, request.username or "", event._data, request.session_hash or "")

        def on_stop(request: gr.Request) -> None:
            site.running.stop(request.session_hash or "")

        view.submit(
            on_ask,
            None,
            view,
            api_visibility="private",
            show_progress="hidden",
            trigger_mode="once",
            concurrency_limit=AT_ONCE,
            concurrency_id="ask",
        )
        # no cancels=: a cancelled event and its stop handler both write the turn, and "once" drops the next question
        view.stop(on_stop, None, None, api_visibility="private", show_progress="hidden", queue=False)

        def ask(
            question: str,
            history: list[Message] | None = None,
            documents: list[str] | None = None,
            after: str | None = None,
            before: str | None = None,
            request: gr.Request | None = None,
        ) -> AnswerJson:
            """Answer one question from the documents: text with [n], claims with verdicts, exact quotes with offsets.

            `history` holds earlier messages; `documents` are ids; `after` and `before` are ISO dates, inclusive.
            """
            try:
                owner = (request and request.username) or ""
                return answer_json(
                    ask_once(site, owner, question, _turns(history), documents, _day(after), _day(before))
                )
            except FootnoteError as error:
                raise gr.Error(str(error), print_exception=False) from error

        api(ask, api_name="ask", concurrency_limit=AT_ONCE, concurrency_id="ask")
    page.queue(max_size=WAITING, api_open=False, status_update_rate=QUIET)
    return page


def _turns(history: list[Message] | None) -> list[tuple[str, str]]:
    try:
        return [(message["role"], message["content"]) for message in history or []]
    except (KeyError, TypeError) as error:
        raise QuestionError("The history is a list of messages, each with a role and a content.") from error


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except (TypeError, ValueError) as error:
        raise QuestionError("Dates are written as 2024-12-31.") from error
