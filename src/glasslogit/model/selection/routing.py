"""What else is known of the rows, and who is given it: the splitter, the scorer, or both.

Where scikit-learn's metadata routing is on, their requests decide, by scikit-learn's own rules.
"""

import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

from glasslogit.errors import InputTypeError


class Metadata(NamedTuple):
    """What `cv` is given to split by, and `scoring` to score with, by name."""

    split: Mapping[str, Any]
    score: Mapping[str, Any]


def routing_is_on() -> bool:
    """Tell whether scikit-learn is loaded and routes metadata by requests."""
    if "sklearn" not in sys.modules:
        return False
    from sklearn import get_config  # noqa: PLC0415

    return bool(get_config()["enable_metadata_routing"])


def router_of(model: Any, scorer: Any) -> Any:
    """Make scikit-learn's `MetadataRouter` of a search: its own request, splitter and scorer."""
    from sklearn.metrics import get_scorer  # noqa: PLC0415
    from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping  # noqa: PLC0415

    named = scorer is None or isinstance(scorer, str)
    scorer = get_scorer(scorer or "accuracy") if named else scorer
    scores = MethodMapping().add(caller="score", callee="score").add(caller="fit", callee="score")
    splits = MethodMapping().add(caller="fit", callee="split")
    router = MetadataRouter(owner=model).add_self_request(model)
    return router.add(splitter=model.cv, method_mapping=splits).add(
        scorer=scorer, method_mapping=scores
    )


def route(model: Any, method: str, given: Mapping[str, Any]) -> Metadata:
    """Share out what a method of a search was given; None is nothing.

    Without scikit-learn's routing `groups` are for the splitter and `sample_weight` is for the
    scorer, and nobody asks for anything else.

    >>> route(None, "fit", {"sample_weight": [1.0], "groups": None})
    Metadata(split={}, score={'sample_weight': [1.0]})
    """
    given = {name: part for name, part in given.items() if part is not None}
    if routing_is_on():
        from sklearn.utils.metadata_routing import process_routing  # noqa: PLC0415

        routed = process_routing(model, method, **given)
        return Metadata(routed["splitter"].get("split", {}), routed["scorer"]["score"])
    others = given.keys() - {"sample_weight", "groups"}
    if others:
        raise InputTypeError(
            f"{method} has no argument {', '.join(map(repr, sorted(others)))}; metadata for a "
            "scorer or a splitter is only supported if enable_metadata_routing=True, which "
            "sklearn.set_config sets"
        )
    split, score = (
        {n: given[n] for n in [name] if n in given} for name in ("groups", "sample_weight")
    )
    return Metadata(split, score)
