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
PERSONS = _words("he she him her his hers himself herself he's she's")
THINGS = _words("it its it's itself")
MANY = _words("they them their theirs themselves they're they've")
POSSESSIVES = _words("his her hers its their theirs")
DEMONSTRATIVES = _words("this that these those")
PRONOUNS = PERSONS | THINGS | MANY | PERSONAL | DEMONSTRATIVES | _words("there here one ones someone anyone everyone")

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
    "achieve add agree allow announce appear apply arise arrive ask attend avoid become begin believe belong "
    "bring build buy call carry choose climb collect come compare comply connect consider contain contribute "
    "create cross deal decide deduct define delete donate depend describe determine develop die differ do drive "
    "eat elect emphasize employ enable enjoy ensure establish evolve exist expand expect explain explore fail "
    "fall feel fight find focus follow forget form found gather generate get give go grow hail handle happen hear "
    "help hire hold host identify improve include increase indicate inherit install invent invest involve join "
    "keep kill know launch lead learn leave let lie live look lose make manage matter mean meet mention occur "
    "offer open operate originate own pay perform plan play prefer prepare prevent produce promise propose "
    "protect prove provide publish purchase qualify raise reach receive recommend record reduce refer reflect "
    "register reinforce release rely remain remember remove replace report represent require resign resolve rule "
    "run say see seem select sell send serve share show sign solve speak spend stand start stay stop study "
    "suggest support survive take talk teach tell think treat try understand update urge use visit wait want warn "
    "wear win wonder work worry write"
)
NOUN_VERBS = _words(
    "answer attack benefit call cause change charge claim control cost cover cut deal design display drink end "
    "estimate experience fight file finance flow form function fund guide help host impact increase interest "
    "issue land launch lead limit link list look mark market move name need offer open order own pay plan play "
    "point process produce project promise purchase question rain rank rate reach record release rent report "
    "research rise rotate rule run sail scan score serve share show sign snow sound stand start state store study "
    "supply support surprise talk test track trade transport travel treat trust use value view visit vote walk "
    "water win wish work yield"
)
IRREGULAR = _words(
    "became began begun bought brought built came caught chose chosen did died done drove driven fell felt fought "
    "found gave given gone got gotten grew grown heard held kept knew known laid led left lent lost made meant "
    "met paid ran rose risen said sat saw seen sent set shot showed shown sold spent spoke spoken stood stuck "
    "taken taught thought told took understood went won wore worn written wrote beat beaten hit lies lying dying "
    "called having being doing born"
)

COMPARATIVES = _words(
    "better worse best worst bigger biggest larger largest smaller smallest older oldest newer newest higher "
    "highest lower lowest longer longest shorter shortest cheaper cheapest faster fastest safer safest easier "
    "easiest earlier later richer stronger strongest more most less least greater greatest"
)
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
    "german spanish latin arab world cup belt"
)
TITLES = _words(
    "dr dr. mr mr. mrs mrs. ms ms. prof prof. president minister director king queen sir lord host secretary-general"
)

# Words with which a turn opens and that carry nothing of the question.
OPENERS = (
    "by the way", "speaking of which", "one last thing", "one more thing", "another question", "next question",
    "oh my god", "in that case", "excuse me", "of course", "as a result", "i see", "oh", "ok", "okay", "great", "good", "thanks",
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
    "poll survey meeting summit treaty agreement report study article act law factory country city company "
    "conference war game team book film movie series programme program plan speech text document interview "
    "industry region area sport forum"
)

# What has a measure: one stands for another ("And the profit?"), as no name does.
MEASURES = _words(
    "profit profits revenue revenues income cost costs price prices population area length height width depth "
    "weight speed size budget debt deficit surplus sales exports imports trade investment turnover salary wage "
    "wages economy gdp inflation unemployment growth output production demand supply temperature age distance "
    "capacity volume headcount"
)
PLACES = _words("city country town village place region province state capital island")
