"""The closed word classes that the rules of a conversation need: English, lower case, no statistics behind them."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES = _words("the a an")
BE = _words("is are was were isn't aren't wasn't weren't what's who's where's when's how's it's that's there's")
DO = _words("do does did don't doesn't didn't")
MODALS = _words("can could will would shall should may might must can't couldn't won't wouldn't shouldn't cannot")
HAVE = _words("has have had hasn't haven't hadn't")
AUXILIARIES = BE | DO | MODALS | HAVE | _words("am be been being")
QUESTION_WORDS = _words("who whom whose what which when where why how whatever what's who's where's when's how's")
PREPOSITIONS = _words(
    "of in on at to for from by with about into onto over under after before between among against during through "
    "within without across toward towards around near since until till upon via per regarding concerning like "
    "than as besides beyond despite behind below above along inside outside off out up down amid"
)
CONJUNCTIONS = _words(
    "and or but nor so because if when while although though whether then since unless that who which where"
)
PERSONAL = _words(
    "i you we me us my your our mine yours ours myself yourself ourselves i'm i've i'd i'll you're we're you've"
)
PERSONS = _words("he she him her his hers he's she's")
THINGS = _words("it its it's")
MANY = _words("they them their theirs they're they've")
REFLEXIVES = _words("itself himself herself themselves")
POSSESSIVES = _words("his her hers its their theirs")
DEMONSTRATIVES = _words("this that these those")
# After a demonstrative these point to no topic: "these days", "this type of".
UNPOINTED = _words("days time times year years week weeks month months morning evening century moment type kind sort")
PLURALS = _words("people children women men media data police")
PRONOUNS = (
    PERSONS
    | THINGS
    | MANY
    | REFLEXIVES
    | PERSONAL
    | DEMONSTRATIVES
    | _words("there here one ones someone anyone everyone")
)

ADVERBS = _words(
    "not also just only even still yet already ever never always often usually now today currently really "
    "actually exactly much very too quite rather more most less least again once twice instead else either "
    "neither both all any some each every no none other others another such same own few several many further "
    "please maybe perhaps together well mostly mainly first last long far soon there here okay ok yes roughly "
    "approximately nowadays then"
)

# Nouns that say how a thing is asked about and are no topic themselves: "the difference between X and Y" is about both.
RELATIONAL = _words(
    "difference differences type types kind kinds sort sorts example examples number numbers amount list name "
    "names meaning definition way ways step steps reason reasons purpose purposes cause causes categories "
    "category part parts advantage advantages disadvantage disadvantages benefit benefits detail details "
    "information thing things people person something anything everything role roles aspect aspects term terms "
    "question questions answer idea point approach approaches tip tips feature features factor factors time times "
    "year years day days end start beginning month months week weeks hour hours minute minutes rid percentage "
    "percent share rate value level size history origin origins result results use uses effect effects impact "
    "problem problems issue issues implications risk risks cost costs subject subjects topic case bit lot couple "
    "most option options choice choices characteristics solution solutions figure figures"
)

# Verbs that are seldom anything else, and those that are nouns as well (verbs only where the grammar wants one).
VERBS = _words(
    "accept accuse achieve add admit agree aim allow announce appear apply approve argue arise arrest arrive ask "
    "assess assist attend attract avoid award ban bear become begin believe belong blame borrow break bring build "
    "burn buy calculate call cancel carry celebrate choose climb collapse collect come commit compare complain "
    "complete comply conclude confirm connect consider consist consume contain contribute convince cook count "
    "create criticise criticize cross damage deal decide declare deduct defeat defend define delete demand deny "
    "depend deploy describe deserve destroy detect determine develop die differ disappear discover discuss "
    "dismiss divide do donate double drive earn eat elect emerge emit emphasize employ enable encounter encourage "
    "endorse enforce engage enjoy ensure enter escape establish evolve exceed exclude exist expand expect expire "
    "explain explore export fail fall feel fight find finish fix flee focus follow forbid forecast forget form "
    "found fulfil gain gather generate get give go govern grant grow guarantee hail handle happen hear help hire "
    "hold host identify imply import impose improve include increase indicate inform inherit inspect inspire "
    "install insure intend interpret interview introduce invade invent invest involve join justify keep kick kill "
    "know lack last launch launder lead learn leave lend let lie live locate look lose make manage matter mean "
    "meet mention merge migrate mine miss monitor negotiate notice obtain occur offer open operate oppose "
    "originate oversee own participate pay perform permit plan play possess praise predict prefer prepare present "
    "preserve press prevent produce prohibit promise promote propose prosecute protect prove provide publish "
    "punish purchase push qualify quit raise reach react receive recommend record reduce refer reflect register "
    "reinforce reject relate release rely remain remember remove renew repair repeat replace report represent "
    "require rescue reserve resign resolve respond restore restrict retain retire return reveal reverse rule run "
    "sack say search see seek seem select sell send separate serve settle share show shrink shut sign sink solve "
    "speak specialise spend spread stand start stay steal stop strengthen strike struggle study submit succeed "
    "sue suffer suggest support survive sustain take talk target teach tell tend think threaten throw transfer "
    "transform translate treat trigger try uncover undermine understand unite update urge use vanish verify veto "
    "violate visit wait want warn waste wear win withdraw wonder work worry write"
)
NOUN_VERBS = _words(
    "aim answer attack award benefit break burn call cause change charge claim control cost count cover cut "
    "damage deal demand design display drink end estimate experience export fight file finance flow forecast form "
    "function fund grant guide help host impact import increase interest issue kick land last launch lead limit "
    "link list look mark market mine monitor move name need notice offer open order own pay plan play point "
    "present press process produce project promise purchase push question quit rain rank rate reach record "
    "release rent report rescue research return reverse rise rotate rule run sack sail scan score search serve "
    "share show sign snow sound spread stand start state store strike struggle study supply support surprise talk "
    "target tend test track trade transfer transport travel treat trust use value veto view visit vote walk waste "
    "water win wish work yield"
)
IRREGULAR = _words(
    "beat beaten became began begun being bore born bought broke broken brought built called came caught chose "
    "chosen did died doing done driven drove dying fell felt fled forbade forbidden fought found gave given gone "
    "got gotten grew grown having heard held hit kept knew known laid led left lent lies lost lying made meant "
    "met paid ran risen rose said sank sat saw seen sent set shot showed shown shrank shrunk shut sold sought "
    "spent spoke spoken spread stole stolen stood struck stuck sued sunk taken taught thought threw thrown told "
    "took understood went withdrawn withdrew won wore worn written wrote"
)

COMPARATIVES = _words(
    "better worse best worst bigger biggest larger largest smaller smallest older oldest newer newest higher "
    "highest lower lowest longer longest shorter shortest cheaper cheapest faster fastest safer safest easier "
    "easiest earlier later richer stronger strongest more most less least greater greatest"
)
# "Is it going to close?" asks about something, though "is it good to close?" does not.
BEFORE_INFINITIVE = _words("able going supposed expected used ready designed likely planned due set about meant ever")
EXPLETIVE_AFTER = _words(
    "possible true necessary important safe legal illegal ok okay good bad better best worth easy hard difficult "
    "normal common likely fair right wrong enough free clear known said believed mandatory required recommended "
    "take matter seem"
)
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "twenty": 20, "a couple of": 2,
}  # fmt: skip

# A capitalised word that shows that a name is not a person's.
NOT_PERSONS = _words(
    "asia africa america europe russia china agency association bank board center centre church city club college "
    "commission committee company conference corporation council country court department east economy federation "
    "festival forum foundation fund government group hospital house hub inc initiative institute international "
    "island lake league ltd mechanism media meeting ministry mission mountain museum national nations news north "
    "northern organization organisation park party plan press program railway region republic research river road "
    "school secretariat sea service silk society south southern state states street studies summit system team "
    "times tower treaty tunnel union united university war west western workshop eastern january february march "
    "april may june july august september october november december monday tuesday wednesday thursday friday "
    "saturday sunday act cloud data central asian african american european russian chinese indian british french "
    "german spanish latin arab world cup belt agreement accord protocol prize pact convention declaration "
    "championship olympics games airport bridge dam station port harbour bay strait canal valley desert peninsula "
    "county district airlines motors capital holdings technologies energy oil gas steel foods post journal "
    "guardian"
)
TITLES = _words(
    "dr dr. mr mr. mrs mrs. ms ms. prof prof. president minister director king queen sir lord host secretary-general"
)

# Words with which a turn opens and that carry nothing of the question.
OPENERS = (
    "by the way", "speaking of which", "one last thing", "one more thing", "another question", "next question",
    "oh my god",
    "in that case", "excuse me", "of course", "as a result", "i see", "oh", "ok", "okay", "great", "good", "thanks",
    "thank you", "wow", "well", "so", "then", "also", "hi", "hello", "please", "alright", "right", "hmm", "sure", "yes",
    "no", "and", "but", "or", "now", "interesting", "cool", "nice", "sorry",
)  # fmt: skip

# Adjectives that a phrase does not end with ("plans available"), and those it can do without ("different types").
PREDICATES = _words(
    "available popular important possible responsible necessary better worse good bad alive free safe common "
    "similar different true legal located worth able convenient expensive cheap easy difficult hard fast slow big "
    "small large high low long short tall old young new useful likely dangerous strong weak rich poor wide deep "
    "sure ready right wrong healthy successful famous"
)
SELECTING = _words(
    "different certain various relevant particular specific potential main following common available important"
)
# Adjectives with which a general noun still asks about something else: "the maximum period" (of what?).
MEASURING = _words(
    "maximum minimum total average main overall current final exact usual general official largest smallest"
)

# What a question that asks something opens with, beside question words and auxiliaries.
IMPERATIVES = _words("tell explain describe name list give show compare summarize summarise define find help write")
# Nouns of what has an inside, so that one asks "in the poll" and not "for the poll".
CONTAINERS = _words(
    "poll survey treaty agreement report study article act law factory country city company war game team book "
    "film movie series programme program plan speech text document interview industry region area sport"
)

# What has a measure: one stands for another ("And the profit?"), as no name does.
MEASURES = _words(
    "profit profits revenue revenues income cost costs price prices population area length height width depth "
    "weight speed size budget debt deficit surplus sales exports imports trade investment turnover salary wage "
    "wages economy gdp inflation unemployment growth output production demand supply temperature age distance "
    "capacity volume headcount"
)
GATHERINGS = _words("summit meeting conference forum ceremony congress fair hearing")
PLACES = ("city", "country", "town", "village", "province", "island")
# Verbs at the end of a request and how what is requested follows them.
REQUESTS = {
    "explain": "", "clarify": "", "describe": "", "summarize": "", "summarise": "", "elaborate": "on", "example": "of",
    "examples": "of", "more": "about", "details": "about",
}  # fmt: skip
