"""`/which/`: which document do I need? One question at a time; the answers are in the address."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from routebook.core.which import QUESTIONS, Answer, BadAnswers, Need, parse_answers, which
from routebook.store.access import Actor
from routebook.web.pages import page, show

BEGIN = {
    Need.POLICY: "/policies/new/",
    Need.PROCESS: "/processes/new/",
    Need.SOP: "/sops/new/",
    Need.WORK_INSTRUCTION: "/work-instructions/new/",
    Need.RUN: "/runs/",
    Need.NOTHING: "/processes/",
}


@page("write")
def ask(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The next question, or what is needed."""
    given = request.GET.get("answers", "")
    try:
        answers = parse_answers(given)
        found = which(answers)
    except BadAnswers:
        answers, found = (), which(())
    said = [
        {"question": question, "yes": answer, "back": _joined(answers[:place])}
        for place, (question, answer) in enumerate(zip(QUESTIONS, answers, strict=False))
    ]
    context = {
        "answer": found if isinstance(found, Answer) else None,
        "question": None if isinstance(found, Answer) else found,
        "number": len(answers) + 1,
        "count": len(QUESTIONS),
        "said": said,
        "yes": _joined((*answers, True)),
        "no": _joined((*answers, False)),
        "begin": BEGIN[found.need] if isinstance(found, Answer) else "",
    }
    return show(request, "documents/which.html", context)


def _joined(answers: tuple[bool, ...]) -> str:
    return ",".join("yes" if answer else "no" for answer in answers)


urlpatterns: list[URLPattern] = [path("which/", ask, name="which")]
