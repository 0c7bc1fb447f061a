"""Closed classes of English words that decide whether what stands beside them is said, denied or only quoted."""

from __future__ import annotations

NEGATORS = frozenset(
    "not no non anti never without neither nor none cannot nobody nothing hardly barely scarcely seldom rarely".split()
)
MODALS = frozenset("will would shall should can could may might must ought".split())
NON_FACTIVE = frozenset(
    """fail failed fails refuse refused refuses try tried tries attempt attempted attempts plan planned plans intend
    intended intends want wanted wants hope hoped hopes wish wished expect expected expects propose proposed
    proposes seek sought threaten threatened threatens offer offered unable aim aimed aims unlikely supposed
    unsuccessfully lack lacked lacks""".split()
)
"""Words after which an action need not happen."""
EMBEDDING = frozenset(
    """say says said claim claims claimed claiming argue argues argued arguing believe believes believed believing
    suggest suggests suggested think thinks thought allege alleges alleged assert asserts asserted contend
    contends contended maintain maintains maintained insist insists insisted deny denies denied hypothesize
    hypothesized hypothesise stated predict predicts predicted speculate speculated assume assumes assumed
    suspect suspected reported reportedly allegedly supposedly apparently presumably purportedly according
    hypothesis theory rumour rumor belief whether considered concluded concludes accused accuse doubt doubted feared
    estimated seem seems seemed appears appeared""".split()
)
"""Words that make what follows somebody's opinion or report."""
PREVENTING = frozenset(
    """restrict restricts restricted restricting ban bans banned banning forbid forbids forbade forbidding prohibit
    prohibits prohibited prohibiting prevent prevents prevented preventing avoid avoids avoided avoiding reject rejects
    rejected rejecting oppose opposes opposed opposing stop stops stopped stopping halt halted halting abolish abolished
    abolishing cancel cancelled canceled block blocks blocked blocking end ended ending instead""".split()
)
"""Words after which a thing is not, or is no more."""
UNDECIDED = frozenset(
    "whether considering considers considered would could might should ask asks asked believes".split()
)
"""Words after which it is open whether a thing is so."""
DROPPING = frozenset(
    """drop drops dropping discontinue discontinues discontinued abandon abandons abandoned withdraw withdraws
    withdrew""".split()
)
"""Words after which a thing is no more; "dropped" is mostly said of figures."""
SCOPING = frozenset("here case cases purpose purposes sense respect respects terms context regard".split())
"""Words that say, before a sentence, within what it holds: "Here, ...", "In such cases, ..."."""
CONDITIONS = frozenset("if unless except provided otherwise".split())
HEDGES = frozenset(
    """probably possibly perhaps maybe likely potentially almost nearly about around approximately roughly circa partly
    partially largely mostly mainly generally usually normally typically often sometimes occasionally frequently
    sporadically some most many few several half majority minority part fewer less least more than
    up over under""".split()
)
"""Words that weaken the word after them; they may not be lost before it."""
QUANTIFIERS = frozenset(
    "all every each any some most many few several both either neither none only always half".split()
)
"""Words that may not be added to a word."""
QUALIFIERS = frozenset("vice deputy former acting assistant interim honorary ex".split())
"""Modifiers of an office."""
NON_SUBSECTIVE = QUALIFIERS | frozenset(
    """associate alleged so-called would-be supposed proposed planned potential possible future prospective candidate
    pre post counter pseudo quasi fake false mock one among second third fourth fifth sixth seventh eighth ninth
    tenth""".split()
)
"""Modifiers with which a thing may not be what its noun says (Partee 2010): the deputy mayor is no mayor."""
BY_PLACE = frozenset("in on at of within inside".split())
"""Prepositions of place and belonging, used for one another."""
CONNECTIVES = BY_PLACE | frozenset(
    """to from by with without for against before after since until during between among through throughout across into
    onto under over above below near toward towards upon behind beyond despite because although though while
    whereas when where as than so therefore""".split()
)
COORDINATORS = frozenset("and or but while whereas nor".split())
DETERMINERS = frozenset("the a an its his her their our my".split())
FORMS_OF_BE = frozenset("is are was were be been being".split())
PRONOUNS = frozenset("it he she they this these that those him them its his her their".split())
OBJECTS = frozenset("it him them".split())
RELATIVES = frozenset("who whom whose which that where".split())
AUXILIARIES = FORMS_OF_BE | frozenset("has have had having do does did to".split()) | MODALS
PAST = frozenset("was were had did".split())
PRESENT = frozenset("is are has have does do am".split())
CLAUSE_OPENERS = frozenset(
    "who whom whose which where when although though while because since after before whereas once if unless".split()
)
SUBORDINATORS = frozenset("although though while because since when after before as whereas despite once".split())
