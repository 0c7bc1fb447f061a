from evals.draft import accept, propose
from evals.metrics import holds
from index.documents import Document
from index.passages import split

TEXT = """In 2022, trade between the two countries reached a record of $70.2 billion, which pleased the ministers.
Governor Ada Lenz opened the long bridge over the river in 1931. She liked it.
The harbour handled 18,000 containers and many boats during that busy year.
"""
DOCUMENTS = [Document("trade.txt", TEXT, "", "Trade")]


def proposals():
    return propose(DOCUMENTS, split)


def test_a_figure_a_year_and_a_subject_become_questions():
    asked = {each.question: each.answers for each in proposals() if each.answerable}
    assert asked["In 2022, trade between the two countries reached a record of how much?"] == ("$70.2 billion",)
    assert asked["In which year trade between the two countries reached a record of $70.2 billion?"] == ("2022",)
    assert asked["Who or what opened the long bridge over the river in 1931?"] == ("Governor Ada Lenz",)
    assert asked["The harbour handled how many containers and many boats during that busy year?"] == ("18,000",)


def test_every_answer_stands_in_the_sentence_it_was_made_from():
    for each in proposals():
        assert each.sentence in " ".join(TEXT.split())
        assert all(holds(each.sentence, answer) and not holds(each.question, answer) for answer in each.answers)


def test_a_near_miss_asks_about_a_year_of_which_the_documents_do_not_speak():
    missed = [each for each in proposals() if not each.answerable]
    assert missed
    for each in missed:
        years = {word.strip(",?") for word in each.question.split() if word.strip(",?").isdigit()}
        assert any(year not in TEXT for year in years)


def test_a_person_takes_drops_rewords_and_ends():
    offered = proposals()[:4]
    replies = iter(["", "n", "How much was trade in 2022?", "q"])
    taken = list(accept(offered, lambda _: next(replies)))
    assert taken[0] == offered[0]
    assert taken[1].question == "How much was trade in 2022?"
    assert taken[1].answers == offered[2].answers
    assert len(taken) == 2


def test_no_question_is_proposed_twice():
    twice = propose([DOCUMENTS[0], Document("copy.txt", TEXT, "", "Trade")], split)
    assert len({each.question for each in twice}) == len(twice) == len(proposals())
