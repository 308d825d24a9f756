"""Verbs that begin instructions in businesses of all kinds."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text, each once."""
    return frozenset(text.split())


VERBS = words(
    """
    accept access acknowledge activate add adjust advise agree align allocate allow analyse analyze announce
    answer apply appoint approve archive arrange ask assemble assess assign attach attend audit authorise
    authorize avoid back backup begin block book bring browse build bump call cancel capture carry change charge
    chase check choose clean clear click clone close collect combine come comment commit communicate compare
    compile complete compose conduct configure confirm connect consider consult contact continue convert copy
    count cover create cross cut date debug decide declare define delegate delete deliver deploy describe
    designate destroy determine develop diagnose direct disable disconnect discuss dispatch display distribute
    document double download draft drag drain draw drop dry edit email empty enable encourage end engage enroll
    ensure enter escalate establish estimate evaluate examine execute exit expand explain export extract fetch
    file fill filter find finish fix flag flush fold follow format forward gather generate get give go grant
    greet group guide hand handle hang highlight hit hold identify ignore implement import include indicate
    inform initiate insert inspect install instruct introduce investigate invite invoice issue join keep kick
    label launch lay learn leave let lift link list listen load locate lock log login look lower mail maintain
    make manage map mark match measure meet mention merge migrate minimise minimize mix monitor mount move name
    navigate negotiate note notify obtain observe offer open order organise organize outline pack page park
    paste patch pause pay perform phone pick place plan play plug point polish populate post pour power practice
    prepare present press print prioritise prioritize proceed process produce promote prompt proofread propose
    provide provision publish pull pump purchase push put quarantine raise re-run read rebase rebuild recheck
    recommend reconcile record recover redeploy refer refill refresh refund register reject release remember
    remind remove rename repeat replace reply report request require rerun rescue research reserve reset resolve
    respond restart restore resume retain retrieve return reuse revert review revoke rinse roll rotate route run
    sanitise sanitize save scale scan schedule score scroll search secure seek select send separate serve set
    setup share ship show shut sign skip slide solve sort specify spend stage stamp start state stay stir stop
    store submit subscribe summarise summarize supply surface swap switch sync tag take talk tap tell terminate
    test thank tick tidy tie toggle track train transfer transport treat triage trigger troubleshoot try turn
    type undo unlock unplug unzip update upgrade upload use validate verify view visit wait walk warm wash watch
    wear weigh welcome wipe withdraw work wrap write zip
    """
)
"""Words that begin an instruction. Many are nouns as well; what follows them decides."""
