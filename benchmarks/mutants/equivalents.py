"""Mutants that do the same as the source, each with the reason."""

from sites import Mutant

# path, the source, the mutant: white space does not count. And why no test can tell them apart.
EQUIVALENT: dict[tuple[str, str, str], str] = {
    (
        "core/coordinates.py",
        "scale = np.sqrt(np.where(square > 0, square, np.inf))",
        "scale = np.sqrt(np.where(square != 0, square, np.inf))",
    ): "a sum of squares is never below 0",
    **{
        (
            path,
            f"settings = Settings(np.inf, 0.0, {rest}",
            f"settings = Settings(np.inf, {l1_ratio}, {rest}",
        ): "without a penalty, C = np.inf, no share of it is an L1 penalty"
        for path, rest in (
            (
                "trust/inference/information.py",
                'fitted.settings.fit_intercept, "auto", Rules(), f.size)',
            ),
            ("trust/find.py", 'fit_intercept, "auto", rules, data.observations)'),
            ("trust/firth/intercepts.py", 'True, "newton", Rules(tol=1e-9), size)'),
        )
        for l1_ratio in ("1.0", "-1.0")
    },
    **{
        (
            "trust/compare.py",
            "if is_sgd(model) and len(parts) > 1:",
            f"if is_sgd(model) and len(parts) {other}:",
        ): "an SGDClassifier is one model of two classes, or one for each of three or more"
        for other in ("> 2", "!= 1")
    },
}


def why_equivalent(mutant: Mutant) -> str | None:
    """Give the reason, or None for a mutant that a test could tell."""
    return EQUIVALENT.get((mutant.path, *mutant.changed))
