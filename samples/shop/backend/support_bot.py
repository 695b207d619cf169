"""Suggests answers to support tickets, with a model trained on older tickets."""

import json
from pathlib import Path

TRAINING_DATA = Path("exports/tickets_for_training.jsonl")


def training_examples():
    """Read question and answer of every closed ticket; names are still in them."""
    for line in TRAINING_DATA.read_text().splitlines():
        ticket = json.loads(line)
        yield {"prompt": ticket["message"], "completion": ticket["reply"]}


def fine_tune(model, examples):
    """Train the model on customer conversations, then keep the new weights."""
    for example in examples:
        model.learn(example["prompt"], example["completion"])
    model.save("models/support")


def suggest_reply(model, ticket):
    sentiment = model.classify(ticket.message)
    if sentiment == "angry":
        return f"Dear {ticket.customer_name}, we are sorry. A colleague will call you."
    return model.complete(ticket.message)
