"""The words that the signals look for. General English of many businesses; no name of anybody in particular."""

from __future__ import annotations

import re

from routebook.formats.pile.roles import ROLE
from routebook.formats.pile.verbs import VERBS, words

LEAD_INS = re.compile(
    r"(?:(?:please|then|next|now|first|second|third|finally|lastly|afterwards?|optionally|always|never|also|again|once done|"
    r"immediately|carefully|simply|just|kindly|do not|don't|don’t|once\s[^,]{3,60}|when\s[^,]{3,60}|if\s[^,]{3,80}|"
    r"after\s[^,]{3,60}|before\s[^,]{3,60}|in\s[^,]{3,40}|from\s[^,]{3,40}|on\s[^,]{3,40}|using\s[^,]{3,40}|to\s[^,]{3,60}|"
    r"for\s[^,]{3,40}|under\s[^,]{3,40}|at\s[^,]{3,40}),?\s+){1,3}",
    re.I,
)
NO_OBJECT = words("is are was were has have had can will would should must may might of")
"""After one of these the first word was a noun: “Report is due”, “Order of events”."""

LITERAL = re.compile(
    r"\b(?:(?:double|right|left)[- ]?)?click(?:ing|s)?\b|\bpress(?:ing)?\b|\btap\b|\bselect(?:ing)?\b|\btick the\b|\b(?:un)?check the (?:check ?)?box"
    r"|\bscroll\b|\bdrag\b|\bhover\b|\btoggle\b|\bdrop-?down\b|\bcheck ?box|\bradio button|\b(?:the|a) button\b|\b(?:context|main|top|start|left|drop-?down|settings|admin|file|hamburger|side) menu\b|\bfrom the menu\b|\bmenu bar\b|\btabs?\b(?!le)"
    r"|\bside ?bar\b|\bsubmenu\b|\bdialog|\bpop-?up\b|\btool ?bar\b|\bicon\b|\bsearch (?:bar|box)\b|\btext box\b|\bin the field\b"
    r"|\bctrl\s?[+-]|\bcmd\s?[+-]|\balt\s?\+|\bshift\s?\+|\benter key\b|\bkeyboard\b|\bpaste\b|\blog ?in(?:to)? (?:to|the|your)\b"
    r"|\bsign in to\b|\bgo to (?:the )?(?:[A-Z]|https?:|settings|your)|\bnavigate to\b|\btype in\b|\btype `|\btype \"|\benter `|\bnavigate\b"
    r"|\brun the (?:following )?(?:command|script)|\b(?:following|this) command\b|\bexecute (?:the|this)|\brun `|\brun:|\brun this\b"
    r"|\S\s?(?:→|➔|➜|»|&gt;|->)\s?\S|\b[A-Z][\w ]{1,20} > [A-Z]|\bopen (?:a |the |your )?(?:terminal|browser|app|console|file menu)\b",
    re.I,
)
COMMAND = re.compile(
    r"^\s*(?:[$#>%]\s+\S|[\w.@:~/-]{1,40}[$#]\s|(?:sudo|cd|ls|cp|mv|rm|mkdir|cat|grep|curl|wget|ssh|scp|git|docker|kubectl|oc|helm|terraform"
    r"|aws|gcloud|az|gh|npm|npx|yarn|pnpm|pip|pipx|python3?|ruby|bundle|rails|rake|make|go|cargo|psql|mysql|redis-cli|systemctl"
    r"|service|apt|apt-get|yum|brew|export|echo|source|chmod|chown|tar|vim|vi|nano|ansible|ansible-playbook|vault|kubectx|jq"
    r"|select|update|insert|delete from|alter|show|begin|commit|\./\S+|bin/\S+|hub|heroku|fab|cap|cf|flyctl|fly|etcdctl|crictl)\b"
    r"(?:\s|$))",
    re.I,
)
DATA_LANGUAGES = words("yaml yml json toml xml ini hcl markdown md text txt html css diff mermaid output log csv")

MODAL = re.compile(
    r"\b(?:must not|shall not|may not|must|shall|cannot|can not|is not permitted|are not permitted|not allowed|is required to|are required to"
    r"|is prohibited|are prohibited|prohibited from|is responsible for|are responsible for|is entitled|are entitled|is eligible|are eligible"
    r"|is expected to|are expected to|will be (?:subject|reimbursed|considered|granted|provided|required)|reserves? the right|we (?:do not|don't|don’t|will not|won't|never|always)"
    r"|is allowed|are allowed|are permitted|is permitted|may be (?:subject|terminated|used)|is mandatory|are mandatory|is forbidden|required by)\b",
    re.I,
)
STRONG_MODAL = re.compile(
    r"\b(?:must not|shall not|may not|must|shall|prohibited|not permitted|not allowed|forbidden|required to|mandatory|entitled|eligible|disciplinary|violations?"
    r"|non-?compliance|in accordance with|applicable law|reserves the right|complian(?:ce|t)|regulations?)\b",
    re.I,
)
SHOULD = re.compile(
    r"\b(?:should(?:n't|n’t)?|ought to|make sure|be sure|ensure|try to|avoid|remember to|don't|don’t|do not|never|always)\b",
    re.I,
)
STANDARD = re.compile(
    r"\b(?:quality|standards?|acceptance criteria|accurate(?:ly)?|accuracy|error[- ]free|zero errors|complete and|correct(?:ly)?|consistent(?:ly)?"
    r"|within (?:\d+|one|two|three|five|ten|\w+teen) (?:working |business )?(?:seconds?|minutes?|hours?|days?)|no (?:more|less|later) than|at least (?:\d+|one|two)"
    r"|exactly|tolerance|must match|matches the|legible|readable|clean|free of|temperature|±|° ?[CF]\b|\d ?%|target|kpi|expected result|sla|double[- ]check"
    r"|good example|bad example|definition of done|done when|is done when|what good looks like|what done looks like|pass(?:es)? (?:the )?(?:check|test|inspection)|inspect(?:ion)?)\b",
    re.I,
)
VERIFY = re.compile(
    r"\b(?:verify|confirm|check that|check whether|make sure|validate|you should (?:now )?see|expected (?:result|output))\b",
    re.I,
)

HANDS_ON = re.compile(
    r"\b(?:hands? (?:it |them |this |that |the \w+ )?(?:over|off|on|back)|hand-?off|hand-?over|hands? the|pass(?:es|ed)? (?:it|them|the [\w ]{2,30}|this) (?:on|to|over|back)"
    r"|forward(?:s|ed)? (?:it|them|the|this|to)|goes (?:back )?to|moves? (?:on )?to (?:the )?(?:next|stage|step|phase)|sent (?:back )?to|sends? (?:it|them|the [\w ]{2,30}) to|submit(?:s|ted)? (?:it |the [\w ]{2,20} )?to|returns? (?:it|the [\w ]{2,20}) to"
    r"|escalat\w+ to|assign(?:s|ed)? (?:it |the [\w ]{2,20} |a [\w ]{2,20} )?to|notif(?:y|ies) the|review(?:s|ed)? and approv\w+|approv(?:es|ed|al)|sign(?:s|ed)?[- ]off|reject(?:s|ed)?|once approved|if approved|if accepted|if rejected|takes over|kicks? off)\b",
    re.I,
)
STAGE = re.compile(
    r"^(?:(?:phase|stage|gate|part)\s+(?:\d+|[ivx]+|one|two|three|four|five|six)\b|week\s+\d|day\s+(?:\d|one|two|three)|before\b|during\b|after\b|pre-|post-|first\s+(?:day|week|month)|(?:month|quarter)\s+\d"
    r"|(?:\d{1,2}[.)]\s*)?(?:intake|kick-?off|screening|triage|draft(?:ing)?|review|approval|sign-?off|launch|delivery|close(?:-?out)?|closing|follow[- ]?up|retrospective|post-?mortem|resolution|detection|containment|eradication|recovery"
    r"|planning|discovery|execution|implementation|evaluation|onboarding|offboarding|offer|interview\w*|application|request|assessment|preparation|negotiation|hand-?over|renewal|monitoring|communication|escalation|declaration|nomination|voting|final comment period)\b)|^(?:[\w/-]+ ){0,3}(?:interviews?|screen(?:ing)?|call|assessment|exercise|sign-?off|approval|review|offer|references|committee|decision|stage|phase)(?:\s[(—–-].{0,40})?\Z",
    re.I,
)
STEP_HEADING = re.compile(r"^step\s*(?:\d+|[a-z]\b|one|two|three|four|five|six)", re.I)
CLAUSE = re.compile(
    r"^(?:§\s?|art(?:icle)?\.?\s|section\s|clause\s)?(?:\d{1,2}\.)+\d{1,2}\.?(?=\s)|^(?:§\s?|article\s|clause\s)\d+",
    re.I,
)

TITLES = {
    "policy": r"polic(?:y|ies)|rules?|code of (?:conduct|ethics)|principles|guidelines?|statement|benefits?|entitlements?|leave|vacation|time off|pto|holidays?|perks|expenses?|compensation|allowance|standards?|terms|"
    r"charter|governance|acceptable use|requirements|conduct|harassment|privacy|retention|classification|dress|remote work|confidentiality|conflict of interest|anti-|equal opportunity|permitted|eligibility",
    "process": r"process(?:es)?|workflow|life-?cycle|pipeline|flow|end[- ]to[- ]end|start to finish|journey|stages|how we (?:hire|work|plan|ship|release|build|onboard|do)|onboarding|offboarding|recruit(?:ing|ment)|hiring|program(?:me)?|cycle|incident (?:response|management)|change management|road ?map|planning|management",
    "procedure": r"procedures?|how to|steps|guide|run ?book|play ?book|instructions?|recovery|restore|migrat\w+|upgrad\w+|rotat\w+|releas\w+|deploy\w*|adding|creating|removing|updating|set(?:ting)?[ -]?up|setup|install\w*|configur\w+|troubleshoot\w*|rollback|failover|drill|fire|emergency",
    "sop": r"sop|standard operating|checklist|quality|best practices|tips|do'?s and don'?ts|dos|script|etiquette|duties|role of|how we (?:write|answer|talk|speak|clean|greet)|writing|effective|good|inspection|opening|closing|cleaning|shift|daily|weekly",
    "work-instruction": r"work instruction|quick (?:guide|reference|start)|click|log(?:ging)? ?in|how do i|cheat ?sheet|commands?|in (?:the )?[A-Z]\w+$|using [A-Z]\w+|reset\w*|add (?:a|an|new)|create (?:a|an|new)|change (?:a|an|the|your)|enable|disable|export\w*|import\w*|connect\w*|configure|access(?:ing)?|install\w*|alert",
    "mixed": r"handbook|manual|everything|operational|complete|full|overview and|and procedures|policy and|policies and|processes|guide to|welcome|training|playbook|on-?call|how-?tos|guides|administration|tasks",
    "other": r"faq|frequently|index|readme|home|overview|introduction|about|template|form|minutes|meeting|agenda|notes|glossary|definitions|terminology|contacts?|directory|resources|links|reading|release notes|change ?log|roadmap|report|post-?mortem|retrospective of|decision|adr|rfc|proposal|architecture|design|team|teams|who we are|values|mission|"
    r"vision|job description|career|levels?|ladder|newsletter|announcement|faqs|table of contents|schedule|calendar|history|strategy|metrics|okrs?|goals|severity|roles",
}
TITLE = {kind: re.compile(rf"\b(?:{words})\b", re.I) for kind, words in TITLES.items()}

HEADINGS = {
    "policy": r"(?:\d[\d.]*\s*)?(?:scope|policy(?: statement)?|policies|enforcement|exceptions?|compliance|violations?|definitions?|eligibility|applicab\w+|applicable standards|sanctions|penalt\w+|rationale|principles|rules?|prohibited \w+|acceptable (?:use|behaviou?r)"
    r"|unacceptable \w+|expectations|revision history|related (?:documents|policies)|consequences of|disciplinary \w+|limits|entitlement|coverage|standards?|retention|confidentiality|review (?:and|of) (?:this )?policy|effective date|who (?:does )?this (?:policy )?appl\w+|employee responsibilit\w+|reimbursement|what (?:we|is) (?:cover|reimburse|not)\w*|general)",
    "process": r"(?:\d[\d.]*\s*)?(?:(?:our |the )?process(?: (?:overview|flow|map|steps))?|workflow|flow|stages?|phases|timeline|roles(?: (?:and|&) responsibilities)?|raci|inputs?|outputs?|trigger|hand-?offs?|life-?cycle|milestones|participants|who is involved|entry criteria|exit criteria|responsibilit\w+|next steps|overview of the process|process overview|approvals?|triage|decision|escalation)",
    "procedure": r"(?:\d[\d.]*\s*)?(?:steps?(?: to \w+)?|procedure|instructions|prerequisites?|requirements|before you (?:begin|start)|how to\b.*|what you(?:'ll|’ll| will)? need|rollback|roll back|verification|verify|validation|clean-?up|preparation|pre-?checks?|post-?checks?|diagnosis|mitigation|resolution|remediation|symptoms|impact|meaning|troubleshooting|recovery|restore)",
    "sop": r"(?:\d[\d.]*\s*)?(?:objective|quality(?: \w+)?|standards?|checklist|materials|equipment|supplies|tools|frequency|records?|recording|responsib\w+|do'?s(?: and don'?ts?)?|don'?t'?s?|tips|best practices|common mistakes|what good looks like|definition of done|acceptance criteria|purpose|role|training|prerequisites|safety|ppe|sign-?off|corrective action|monitoring|expected (?:result|outcome)|escalat\w+|when to ask|examples?|script|suggestions|things to avoid|golden rules|do not'?s?|(?:what makes|how to write) an? good .*|guiding principles|(?:general|communication|tone|writing|style|service) (?:expectations|rules|guidelines|standards|principles)|tone(?: of voice| and style)?|[\w &-]{2,24}(?:best practices|etiquette|standards)|safety\b.*|things to keep in mind|appearance|manners?|required items)",
    "other": r"(?:\d[\d.]*\s*)?(?:faqs?|frequently asked questions|agenda|attendees|present|apologies|action items?|actions|minutes|notes|status|context|decision|consequences|alternatives(?: considered)?|references|resources|links|further reading|related|see also|about|introduction|background|overview|what is\b.*|why\b.*|history|contents?|table of contents|contact(?:s| us)?|team|members|glossary|summary|conclusion|motivation|goals|non-goals|mission|values|key (?:terms|concepts)|timeline|root cause|lessons learned|impact)",
}
HEADING = {kind: re.compile(rf"(?:{words})[:.]?\Z", re.I) for kind, words in HEADINGS.items()}

TASK_HEADING = re.compile(
    r"^(?:\d[\d.)]*\s*)?(?:how (?:to|do (?:i|you|we))\b|[a-z-]{3,16}ing\s+(?!(?:hours|team|policy|plan|principles|costs|notes|party|day|room|list|standards|manager|model|system|guide)\b)\w+|(?:"
    + "|".join(
        sorted(
            VERBS
            - words(
                """
    back meeting page present order test process group report request review post plan place practice state
    start stage release record work time note name map mark link label file date date contact change cover call
    check access answer issue list load log mail match play point power print report result search share show
    sign sort stop store support surface supply tag test track train try type view visit wait watch
    """
            )
        )
    )
    + r")\s+(?:a|an|the|your|our|new|all|any|each|this|that|to|from|up|out|in|on|with)\b)",
    re.I,
)
QUESTION_HEADING = re.compile(
    r"^(?:what|why|how|when|where|who|can|do|does|is|are|should|will|which|may)\b.*\?\s*$", re.I
)
YOU = re.compile(r"\byou(?:r|'re|’re|'ll|’ll)?\b", re.I)
WE = re.compile(r"\b(?:we|our|us)\b", re.I)
EVERYONE = re.compile(
    r"\b(?:all|every|each|any|no) (?:employees?|staff|members?|team members?|workforce members|users?|contractors?|personnel|persons?|one|visitors?|volunteers?|students?|systems?|data|devices?|customers?|accounts?|access|vendors?)\b"
    r"|\b(?:employees|staff|everyone|nobody|no one|anyone|members|users|workers|contractors|personnel|participants|contributors|students|tenants|volunteers|visitors)\b",
    re.I,
)
REASON = re.compile(
    r"\b(?:because|so that|in order to|we believe|we want|we value|is important|the reason|rationale|to protect|to ensure that|our commitment|committed to|priority|purpose of this policy|this policy)\b",
    re.I,
)
DATED = re.compile(
    r"\b(?:19|20)\d\d-\d\d-\d\d\b|\b\d{1,2}[/.]\d{1,2}[/.](?:19|20)?\d\d\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2},? (?:19|20)\d\d\b",
    re.I,
)
BLANK = re.compile(
    r"_{4,}|\.{6,}|\[(?:insert|your|name|date|company|tbd|todo|xxx|enter|fill|describe|define|list|outline|say|state|specify|add|explain|first|item|step)\b[^\]\n]{0,80}\](?!\()|\{[A-Z][A-Z_ ]{2,40}\}|<(?:insert|your|name|date|company)[^>]{0,40}>|\{\{[^}]{1,60}\}\}|\b(?:tbd|todo|coming soon|work in progress|placeholder|lorem ipsum)\b",
    re.I,
)
PAST = re.compile(
    r"\b(?:was|were|had been|did|decided|agreed|discussed|noticed|caused|started|occurred|deployed|happened|reported|presented|said|asked)\b",
    re.I,
)
CONDITION = re.compile(
    r"^(?:if|when|where|unless|otherwise|in case|for each)\b|\bif (?:yes|no|not|approved|rejected|accepted|so)\b|\botherwise\b",
    re.I,
)
RULE_MAKING = re.compile(
    r"\b(?:up to|limited to|maximum|minimum|per (?:year|month|week|day|person)|annual|at least|no more than|days of|accrue|budget|free of charge|\$\s?\d|€\s?\d|£\s?\d)",
    re.I,
)
YOU_DO = re.compile(
    r"\byou(?:'ll|’ll)?\s(?:will\s|can\s|may\s|should\s|must\s|also\s|then\s|now\s|first\s)?(?:need to|have to|want to|must|should|can)\s(?:then |also |now |first )?(?P<verb>[a-z]{2,14})\b",
    re.I,
)
IN_TIME = re.compile(
    r"^(?:step|phase|stage|part|day|week|month)\s*\d|\((?:mon|tues|wednes|thurs|fri|satur|sun)day\b|^(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
    r"|^(?:first|second|third|then|next|finally|afterwards|lastly|before\b|during\b|after\b|at the end|once\b|t[-+]\d)"
    r"|\b(?:one|two|three|four|\d{1,2}) (?:hours?|days?|weeks?|months?) (?:before|earlier|later|ahead|after|in advance|prior)\b|\b(?:release|launch|event|the) day\b|^(?:planning|announcement|wrap[- ]?up|follow[- ]?up|aftermath)\b",
    re.I,
)
NUMBERED = re.compile(r"^\d{1,2}[.):]\s")
DUTY = re.compile(r"^(?:\W{0,3})(?:[A-Z][a-z]{2,14}ing\b(?!\s(?:is|are|was|has|will)\b))")
DONT = re.compile(r"^\W{0,3}(?:do not|don't|don’t|never|avoid|no)\b", re.I)
DOS = re.compile(
    r"^\W{0,3}(?:do'?s?\b|do(?:’)?s\b|don'?t'?s?\b|don’ts?\b|always|never|things to (?:do|avoid)|what (?:you should|good|done)|tips|good|bad|best practices|common (?:mistakes|pitfalls)|golden rules|suggestions|useful phrases|what to (?:say|do|avoid))",
    re.I,
)
IN_A_ROLE = re.compile(
    rf"\bas (?:the|an?) {ROLE}\b|\b(?:you are|you're|you’re) (?:the|an?|on) (?:{ROLE}|duty|call|support)\b|\byour (?:job|role|duty|task)\b|\bwant to (?:be|become|moderate)\b"
    rf"|\b(?:role|performed by|done by|responsible|who)\s?\*{{0,2}}\s?[:|]",
    re.I,
)
QUOTED = re.compile(r"[\"“][^\"”\n]{12,160}[\"”]")
PASSIVE = re.compile(
    r"\b(?:is|are|will be|be|must be|shall be|should be)\s(?:\w+ly\s)?(?:\w{2,12}ed|kept|given|held|made|done|taken|paid|sent|written|shown|stored)\b",
    re.I,
)
SELF = {
    "policy": re.compile(
        r"\b(?:this|the|our|following) (?:[\w-]+ )?polic(?:y|ies)\b|\bpolicy (?:applies|covers|is)\b", re.I
    ),
    "process": re.compile(
        r"\b(?:this|the|our|following|entire|whole) (?:[\w-]+ ){0,2}(?:process|workflow|pipeline|life-?cycle|flow)\b|\bend[- ]to[- ]end\b|\bat (?:this|the next|each|every) (?:stage|phase)\b",
        re.I,
    ),
    "procedure": re.compile(
        r"\b(?:this|the|following) (?:[\w-]+ ){0,2}(?:procedure|run ?book|steps|instructions|how-?to|tutorial|guide (?:describes|explains|shows|walks|will))\b|\bhow to\b|\bsteps (?:below|to)\b|\bfollow these\b",
        re.I,
    ),
    "sop": re.compile(
        r"\bstandard operating\b|\bsops?\b|\bto (?:this|our|the) standard\b|\bquality (?:bar|check|standard|control)\b|\bacceptance criteria\b",
        re.I,
    ),
    "other": re.compile(
        r"\b(?:this (?:page|document|section|article|list|team|report|table)|we are|founded|overview|background|introduces|an example|for example|definition|refers to|is called|means that)\b",
        re.I,
    ),
}
SHELLS = words("bash sh shell console zsh terminal powershell ps1 cmd bat shell-session sh-session")
TYPED = re.compile(r"^\s*[a-z][a-z0-9_.-]{1,20}(?: +-{0,2}[\w<$./\"'=:@*{}~-]+){1,12}\s*\\?$")
"""A line in a code block without a language that reads like a command: a word, then arguments, no sentence."""
PASSES_THROUGH = re.compile(
    r"\b(?:is|are|be|been|being|gets?)\s(?:\w+ly\s|then\s|also\s|not\s)?(?:submitted|reviewed|approved|accepted|rejected|declined|merged|discussed|assigned|evaluated|published|opened|closed|announced|triaged|scheduled"
    r"|decided|forwarded|sent|notified|informed|escalated|passed|moved|created|invited|asked|offered|hired|completed|released|marked|labelled|labeled|nominated|returned|proposed|drafted|adopted|integrated|confirmed|resolved|handed)\b",
    re.I,
)
AND_THEN = re.compile(
    r"\b(?:once|after (?:that|this|the|each|you|it)|afterwards|when (?:it|this|that|they|the \w+|your \w+) (?:is|are|has|have)|at (?:this|that|the next|each) (?:point|stage)|until|when ready|in the meantime|from then on|final(?:ly)?|eventually|at the end|the next (?:step|stage|phase))\b",
    re.I,
)
PERMITS = re.compile(
    r"\b(?:(?:is|are|it's|it’s|that's|that’s|be) (?:fine|ok(?:ay)?|all right|welcome|encouraged|acceptable|appropriate)|not ok|we (?:trust|encourage|expect|ask|provide|offer|pay|cover|reimburse|support|recommend|value|believe|require|recogni[sz]e|reserve|retain|want)"
    r"|at (?:your|the|their) (?:\w+ )?discretion|conflicts? of interest|it is the responsibility|property of|outside of these|(?:you|employees|members|they|staff|users) (?:may|can't|can’t|cannot|get|receive|are entitled|are expected|are encouraged))\b",
    re.I,
)
DESCRIBES = re.compile(
    r"\b(?:we use|(?:is|are) used|is an?|is our|are our|consists? of|contains?|includes?|provides?|refers? to|stands for|there(?:'s| is| are)|can be found|you can find|is located|is called|known as|such as|responsible for|is similar to)\b",
    re.I,
)
BODIES = re.compile(
    r"\b(?:vot(?:e|es|ed|ing)|quorum|consensus|majority|committees?|councils?|steering group|board of|chairs?|nominat\w+|elect(?:s|ed|ion)|appoint\w*|candidates?|proposals?|sponsor(?:s|ed|ship)?)\b",
    re.I,
)
"""Words of groups that decide together."""
STATUS = re.compile(
    r"\b(?:status|states?|stages?|phases?|maturity|milestones?|in review|under review|draft|pending|accepted|rejected|declined|withdrawn|archived|final|closed|published)\b",
    re.I,
)
"""What a piece of work can be while it passes from one hand to the next."""
OPINION = re.compile(
    r"\b(?:I|I'm|I’m|I've|I’ve|I'd|I’d|my)\b|\b(?:in my experience|people often|most people|it turns out|for me|we learned|we found|imagine|story)\b"
)
MANNER = re.compile(
    r"\b(?:clear(?:ly)?|concise(?:ly)?|polite(?:ly)?|friendly|friendlier|nice|empath\w+|professional(?:ly)?|specific|honest(?:ly)?|calm(?:ly)?|careful(?:ly)?|good|bad|better|best|well|tone|consistent(?:ly)?|consistency|thorough(?:ly)?|short|jargon|concrete|listen\w*)\b",
    re.I,
)
YOU_WILL = re.compile(r"\byou(?:'ll|’ll| will)\b(?! (?:need|have|want|see|also need))", re.I)
STAGE_NOUN = re.compile(
    r"^(?:\d{1,2}[.)]?\s+)?(?:[\w-]+ ){0,2}(?:(?!meaning|mitigation|introduction|documentation|information|installation|configuration|description|definition|motivation|conclusion|section|tooling|pricing|billing|versioning|logging|billing)[a-z-]{4,}(?:ing|tion|sion|ment|sal|val)|draft|offer|decision|idea|kick-?off|launch|review|triage|intake|close|handover|hand-?off)(?:s)?\Z",
    re.I,
)
SAYS_NOTHING = re.compile(
    r"(?:\d[\d.]*\s*)?(?:overview|purpose|introduction|background|summary|intro|description|table of contents|contents|general|scope)",
    re.I,
)
"""First headings that are no titles."""
PLAIN_TITLE = re.compile(
    r"\b(?:process(?:es)?|polic(?:y|ies)|procedures?|run ?books?|play ?books?|workflow|how to|sops?|checklist|manual|handbook|life-?cycle|guidelines)\b",
    re.I,
)
"""Titles that say a kind; “proposal” in “Proposal process” then says nothing."""
