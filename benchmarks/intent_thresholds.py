"""What each fallback threshold costs, from predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.judging.figures import RETRIEVAL, Prediction

# What a message costs its writer, in turns: a wrong reply has to be read and the question asked again;
# retrieval asked instead of a service still answers about the topic, and the service is one more turn away; a
# question that falls back is answered by the same retrieval, only without its topic as a hint.
WRONG_ACTION, MISSED_ACTION, LOST_TOPIC = 2.0, 1.0, 0.1


def threshold_table(predictions: Sequence[Prediction], actions: Mapping[str, str]) -> str:
    """Return what each fallback threshold does to messages and costs; the cheapest is marked."""
    rows = [(step / 20, *_outcome(predictions, actions, step / 20)) for step in range(20)]
    cheapest = min(rows, key=lambda row: row[-1])
    lines = ["threshold  falls back  wrong action  missed  topic lost  cost (turns a message)"]
    for row in rows:
        threshold, back, wrong, missed, lost, cost = row
        mark = "  <- cheapest" if row is cheapest else ""
        lines.append(
            f"{threshold:9.2f}  {back:10.3f}  {wrong:12.3f}  {missed:6.3f}  {lost:10.3f}  {cost:.4f}{mark}"
        )
    return "\n".join(lines)


def _outcome(
    predictions: Sequence[Prediction], actions: Mapping[str, str], threshold: float
) -> tuple[float, float, float, float, float]:
    """Return the shares that fall back, go wrong, miss their action, lose their topic; and the cost."""
    back = wrong = missed = lost = 0
    for prediction in predictions:
        falls_back = prediction.confidence < threshold
        due = actions[prediction.truth]
        given = RETRIEVAL if falls_back else actions[prediction.judged]
        back += falls_back
        wrong += given not in (due, RETRIEVAL)
        missed += given == RETRIEVAL != due
        lost += falls_back and prediction.judged == prediction.truth and due == RETRIEVAL
    cost = WRONG_ACTION * wrong + MISSED_ACTION * missed + LOST_TOPIC * lost
    total = len(predictions)
    return back / total, wrong / total, missed / total, lost / total, cost / total
