"""``coderoute.why``: the last decision in words, as a record, and as a page with the frontier."""

from datetime import datetime

from coderoute_ls.engine import CallRecord, Engine
from coderoute_ls.next_edit.suggestion_session import NextEdits
from coderoute_ls.selection.catalog import catalog_age
from coderoute_ls.selection.record import DecisionRecord, with_actual
from coderoute_ls.selection.record import record as decision_record
from coderoute_ls.selection.report.decision_explanation import explain_text
from coderoute_ls.selection.report.frontier_chart import plot_html
from coderoute_ls.server.rpc.messages.coderoute_messages import Json, Why, WhyParams
from coderoute_ls.text.dollars import dollars


def why(engine: Engine, params: WhyParams, next_edits: NextEdits, team: str) -> Why:
    """The last decision, of the named action and about the named document where there is one; and where the last next edit came
    from, which may be nobody's decision. ``team``: how it stands with the team that was joined."""
    record = engine.records.last(params.action, params.uri)
    next_edit = next_edits.why() if next_edits.last is not None and params.action in (None, "next_edit") else ""
    if record is None:
        return Why(text=next_edit or "Nothing was asked yet in this session.")
    raw = told(engine, record)
    typed = DecisionRecord.model_validate(raw)
    text = explain_text(typed, engine.router.as_if(record.decision, record.state))
    today = datetime.fromisoformat(typed.now).date()
    facts = [f"Known: {catalog_age.told(engine.router.catalog, today)}.", *catalog_age.warnings(engine.router.catalog, today)]
    facts += [f"{team}."] if team else []
    told_of_next_edit = [f"\n{next_edit}"] if next_edit else []
    return Why(text="\n".join([text, *_afterwards(record), *facts, *told_of_next_edit]), decision=raw, html=plot_html(typed))


def told(engine: Engine, record: CallRecord) -> Json:
    """The decision record, with what the call really took, what went into the prompt, and every hop."""
    raw = decision_record(engine.router.explained(record), record.state)
    usage = record.finish.usage if record.finish else None
    if usage is not None and record.answered is not None:
        model = record.finish.model if record.finish and record.finish.model else record.answered.offer.model
        raw = with_actual(raw, usage, record.cost_usd, model=model, first_token_s=record.first_token_s)
    raw["prompt"] = [{"name": part.name, "chars": part.chars} for part in record.parts]
    raw["hops"] = [{"offer": hop.offer, "error": hop.error} for hop in record.hops]
    raw["notes"] = list(record.notes)
    return raw


def _afterwards(record: CallRecord) -> list[str]:
    """What became of the call, in words."""
    lines = [f"{hop.offer} failed: {hop.error}" for hop in record.hops]
    if record.hops and record.answered is not None:
        lines.append(f"{record.answered.offer.id} answered.")
    if record.finish is not None and record.finish.problem:
        lines.append(record.finish.problem)
    if record.answered is not None and record.cost_usd:
        lines.append(f"It cost {dollars(record.cost_usd)}.")
    if record.parts:
        lines.append("The prompt held " + ", ".join(f"{part.name} ({part.chars:,} characters)" for part in record.parts) + ".")
    return [*lines, *filter(None, (record.dearer,)), *record.notes]
