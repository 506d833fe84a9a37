"""Pictures are tested by what they hold: data of lines, limits, labels; never by pixels."""

import io
import subprocess
import sys
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from sklearn.datasets import load_iris, make_moons
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import glasslogit
from glasslogit import show, textbook
from glasslogit.errors import GlasslogitWarning, InputError, MissingExtraError, NotFittedError
from glasslogit.evaluate import (
    best_f1_threshold,
    confusion_matrix,
    precision_recall_curve,
    roc_curve,
    threshold_costs,
    threshold_curve,
)
from glasslogit.export import load_model, save_model
from glasslogit.show import canvas
from glasslogit.show.fonts import family_with
from glasslogit.tables.features import PolynomialFeatures

X, Y = make_moons(80, noise=0.2, random_state=0)
MODEL = LogisticRegression().fit(X, Y)
P = MODEL.predict_proba(X)[:, 1]
IRIS = load_iris(as_frame=True)
FLOWERS = IRIS.data.iloc[:, [0, 2]]
SPECIES = IRIS.target_names[IRIS.target]
THREE = LogisticRegression(max_iter=1000).fit(FLOWERS, SPECIES)
OF_CLASSES = THREE.predict_proba(FLOWERS)

ALL = {
    "sigmoid": show.plot_sigmoid,
    "data": lambda **ax: show.plot_data(X, Y, **ax),
    "loss": lambda **ax: show.plot_loss([0.7, 0.4, 0.3], **ax),
    "boundary": lambda **ax: show.plot_decision_boundary(MODEL, X, Y, **ax),
    "regions": lambda **ax: show.plot_decision_boundary(THREE, FLOWERS, SPECIES, **ax),
    "thresholds": lambda **ax: show.plot_thresholds(Y, P, **ax),
    "roc": lambda **ax: show.plot_roc(Y, P, **ax),
    "precision-recall": lambda **ax: show.plot_precision_recall(Y, P, **ax),
    "coefficients": lambda **ax: show.plot_coefficients(MODEL, **ax),
    "costs": lambda **ax: show.plot_thresholds(Y, P, costs=(5, 1), chosen=0.2, **ax),
    "calibration": lambda **ax: show.plot_calibration(Y, P, **ax),
    "roc of classes": lambda **ax: show.plot_roc_by_class(SPECIES, OF_CLASSES, **ax),
    "calibration of classes": lambda **ax: show.plot_calibration_by_class(
        SPECIES, OF_CLASSES, **ax
    ),
    "confusion": lambda **ax: show.plot_confusion(Y, P > 0.5, **ax),
}


def lines(ax):
    """Return the labelled lines of a picture."""
    return {line.get_label(): line for line in ax.get_lines()}


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize("draw", ALL.values(), ids=ALL)
def test_every_picture_has_title_and_axis_labels_and_renders(draw):
    ax = draw()
    assert ax.get_title()
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    ax.figure.savefig(io.BytesIO(), format="svg")


@pytest.mark.parametrize("draw", ALL.values(), ids=ALL)
def test_a_picture_goes_where_it_is_told_and_nowhere_else(draw):
    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert draw(ax=right) is right
    assert not left.has_data()
    figure.savefig(io.BytesIO())


@pytest.mark.parametrize("draw", ALL.values(), ids=ALL)
def test_no_figure_is_left_open(draw):
    plt = pytest.importorskip("matplotlib.pyplot")
    before = plt.get_fignums()
    assert draw().figure is not draw().figure
    assert plt.get_fignums() == before


@pytest.mark.parametrize("draw", ALL.values(), ids=ALL)
def test_the_same_picture_twice_is_the_same_bytes(draw):
    def picture():
        buffer = io.BytesIO()
        draw().figure.savefig(buffer, format="png", metadata={"Software": None})
        return buffer.getvalue()

    assert picture() == picture()


@pytest.mark.parametrize("draw", ALL.values(), ids=ALL)
def test_nothing_is_red_or_green(draw):
    for artist in draw().get_children():
        for get in ("get_color", "get_facecolor"):
            colour = getattr(artist, get, lambda: None)()
            if colour is None or len(np.atleast_1d(colour)) == 0:
                continue
            for red, green, blue, _ in mpl.colors.to_rgba_array(colour):
                assert not (red > 0.6 and max(green, blue) < 0.2)
                assert not (green > 0.4 and max(red, blue) < 0.2)


def test_importing_needs_no_matplotlib_and_drawing_says_what_to_install(monkeypatch):
    code = (
        "import sys; import glasslogit.show; assert 'matplotlib' not in sys.modules;"
        "glasslogit.show.plot_sigmoid(); assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    for draw in ALL.values():
        with pytest.raises(MissingExtraError, match=r"glasslogit\[plots\]"):
            draw()


def test_the_sigmoid_its_slope_and_its_tangent():
    drawn = lines(show.plot_sigmoid(reach=4))
    curve, slope, tangent = (
        next(line.get_xydata() for name, line in drawn.items() if word in name)
        for word in ("sigmoid", "slope σ", "tangent")
    )
    z, p = curve.T
    np.testing.assert_allclose(p, 1 / (1 + np.exp(-z)), rtol=1e-14)
    np.testing.assert_allclose(slope[:, 1], np.gradient(p, z), atol=1e-3)
    assert tangent.tolist() == [[-2, 0], [2, 1]]
    assert z[[0, -1]].tolist() == [-4, 4]


def test_data_have_a_colour_and_a_shape_for_each_class():
    ax = show.plot_data(FLOWERS, SPECIES)
    assert (ax.get_xlabel(), ax.get_ylabel()) == tuple(FLOWERS.columns)
    assert legend(ax) == ["class setosa", "class versicolor", "class virginica"]
    for k, name in enumerate(np.unique(SPECIES)):
        points = ax.collections[k].get_offsets()
        np.testing.assert_array_equal(points, FLOWERS[name == SPECIES])
    handles = ax.get_legend().legend_handles
    assert len({handle.get_color() for handle in handles}) == 3
    assert len({handle.get_marker() for handle in handles}) == 3


def test_the_rarest_class_lies_on_top():
    common, rare = show.plot_data(X[:41], np.arange(41) == 7).collections
    assert rare.get_zorder() > common.get_zorder()
    assert len(rare.get_offsets()) == 1


@pytest.mark.parametrize("name", ["data", "boundary", "thresholds", "precision-recall"])
def test_the_legend_covers_no_data(name):
    ax = ALL[name]()
    ax.figure.draw_without_rendering()
    box = ax.get_legend().get_window_extent().transformed(ax.transData.inverted())
    clouds = [np.asarray(each.get_offsets()) for each in ax.collections]
    clouds += [each.get_xydata() for each in ax.get_lines()]
    heights = np.concatenate([each[:, 1] for each in clouds if len(each) < 1000])
    assert heights.max() < box.y0


def test_loss_of_a_sequence():
    ax = show.plot_loss([0.7, 0.5, 0.4])
    assert ax.get_lines()[0].get_xydata().tolist() == [[0, 0.7], [1, 0.5], [2, 0.4]]
    assert ax.get_ylabel() == "loss (nats per row)"


def test_loss_of_a_trace_with_validation():
    trace = SimpleNamespace(
        value=np.array([0.7, 0.5, 0.4, 0.3]),
        step=np.array([0, 10, 20, 30]),
        passes=np.array([1, 2, 4, 5]),
        seconds=np.array([0.0, 0.1, 0.2, 0.3]),
        validation=np.array([0.7, 0.6, 0.65, 0.8]),
    )
    for losses in (trace, SimpleNamespace(trace_=trace)):
        drawn = lines(show.plot_loss(losses, against="passes"))
        np.testing.assert_array_equal(
            drawn["loss with any penalty on training rows"].get_xydata().T,
            [trace.passes, trace.value],
        )
        held_out = drawn["loss on held-out rows"].get_ydata()
        np.testing.assert_array_equal(held_out, trace.validation)
        assert drawn["lowest on held-out rows: 0.6"].get_xydata().tolist() == [[2, 0.6]]
    assert show.plot_loss(trace).get_ylabel() == "loss (nats per row)"
    assert "seconds" in show.plot_loss(trace, against="seconds").get_xlabel()


def test_loss_of_one_against_the_rest_has_a_line_for_each_class():
    fitted = glasslogit.LogisticRegression(multi_class="ovr", C=0.1).fit(FLOWERS, SPECIES)
    ax = show.plot_loss(fitted)
    assert legend(ax) == ["class setosa", "class versicolor", "class virginica"]
    for line, trace in zip(ax.get_lines(), fitted.trace_, strict=True):
        np.testing.assert_array_equal(line.get_xydata().T, [trace.step, trace.value])
    assert len({line.get_color() for line in ax.get_lines()}) == 3


def test_loss_of_a_model_without_a_record_is_refused(tmp_path):
    fitted = glasslogit.LogisticRegression().fit(X, Y)
    save_model(fitted, tmp_path / "m.json")
    with pytest.raises(InputError, match=r"no record of its training.*right after its fit"):
        show.plot_loss(load_model(tmp_path / "m.json"))
    with pytest.raises(NotFittedError, match="call fit"):
        show.plot_loss(glasslogit.LogisticRegression())


def test_a_loss_that_diverged_is_drawn_on_a_logarithmic_axis():
    ax = show.plot_loss([0.7, 1e3, 1e9, np.inf, np.nan])
    assert ax.get_yscale() == "log"
    assert ax.get_title() == "Loss during training (2 not finite)"
    assert show.plot_loss([0.7, 7e3]).get_yscale() == "linear"
    assert show.plot_loss([0.0, 1e9]).get_yscale() == "linear"
    values = np.array([0.7, 1e3, 1e9])
    trace = SimpleNamespace(value=values, step=np.arange(3), validation=values)
    ax = show.plot_loss(trace)
    ax.figure.draw_without_rendering()
    box = ax.get_legend().get_window_extent().transformed(ax.transData.inverted())
    assert box.y0 > 1e9


def test_the_surface_is_the_probability_and_the_line_the_threshold():
    ax = show.plot_decision_boundary(MODEL, X, Y, threshold=0.3)
    surface, contour = ax.collections[-2:]
    x1, x2 = np.linspace(*ax.get_xlim(), 240), np.linspace(*ax.get_ylim(), 240)
    grid = np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)
    np.testing.assert_allclose(
        np.asarray(surface.get_array()).ravel(), MODEL.predict_proba(grid)[:, 1], rtol=1e-12
    )
    assert surface.get_clim() == (0, 1)
    line = np.concatenate([path.vertices for path in contour.get_paths()])
    np.testing.assert_allclose(MODEL.predict_proba(line)[:, 1], 0.3, atol=1e-9)
    bar = ax.figure.axes[1]
    assert bar.get_ylabel() == "probability (line: 0.3)"
    assert x1[0] < X[:, 0].min() < X[:, 0].max() < x1[-1]


def test_models_of_the_textbook_are_drawn_as_others():
    book = textbook.fit(X, Y, learning_rate=0.5, epochs=300)
    losses = show.plot_loss(book).get_lines()[0].get_ydata()
    assert losses.tolist() == book.losses
    surface = show.plot_decision_boundary(book, X, Y).collections[-1]
    same = MODEL.__class__().fit(X, Y)
    same.coef_, same.intercept_ = book.weights[None], np.array([book.bias])
    expected = show.plot_decision_boundary(same, X, Y).collections[-1]
    np.testing.assert_allclose(surface.get_paths()[0].vertices, expected.get_paths()[0].vertices)
    three = textbook.fit_softmax(FLOWERS.to_numpy(), IRIS.target, 0.1, 3000)
    regions = show.plot_decision_boundary(three, FLOWERS)
    assert regions.get_title() == "Most probable class (paler: less certain)"


def test_a_threshold_out_of_reach_is_said_and_not_drawn():
    ax = show.plot_decision_boundary(MODEL, X, Y, threshold=1 - 1e-9)
    assert "not reached" in ax.figure.axes[1].get_ylabel()


def test_a_transform_bends_the_boundary():
    poly = PolynomialFeatures(3)
    bent = LogisticRegression(C=10).fit(poly.fit_transform(X), Y)
    by_hand = show.plot_decision_boundary(bent, X, Y, transform=poly.transform)
    pipeline = make_pipeline(poly, LogisticRegression(C=10)).fit(X, Y)
    piped = show.plot_decision_boundary(pipeline, X, Y)
    np.testing.assert_allclose(
        by_hand.collections[-2].get_array(), piped.collections[-2].get_array(), rtol=1e-9
    )


def test_regions_show_the_most_probable_class():
    ax = show.plot_decision_boundary(THREE, FLOWERS, SPECIES)
    mesh = next(each for each in ax.collections if type(each).__name__ == "QuadMesh")
    shades = np.asarray(mesh.get_array())
    x1, x2 = np.linspace(*ax.get_xlim(), 240), np.linspace(*ax.get_ylim(), 240)
    grid = pd.DataFrame(
        np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2), columns=FLOWERS.columns
    )
    winner = THREE.predict_proba(grid).argmax(axis=1)
    hue = shades.reshape(-1, 3).argmax(axis=1)
    assert (hue[winner == 0] == 2).all()  # blue
    assert (hue[winner == 1] == 0).all()  # orange
    assert shades.min() > 0.4  # pale, and opaque: there is no alpha channel
    assert shades.shape == (240, 240, 3)


def test_thresholds_are_the_curve_with_the_best_f1_marked():
    curve = threshold_curve(Y, P)
    ax = show.plot_thresholds(Y, P)
    drawn = lines(ax)
    for name in ("precision", "recall", "F1"):
        np.testing.assert_array_equal(drawn[name].get_xdata()[:-1], curve.thresholds)
        np.testing.assert_array_equal(drawn[name].get_ydata()[:-1], getattr(curve, name.lower()))
        assert drawn[name].get_xdata()[-1] == 0
        assert drawn[name].get_drawstyle() == "steps-post"
    mark = next(line for name, line in drawn.items() if name.startswith("best F1"))
    assert mark.get_xydata().tolist() == [[best_f1_threshold(Y, P), curve.f1.max()]]
    assert ax.get_xlabel() == "threshold (probability)"
    assert show.plot_thresholds(Y, X[:, 0]).get_xlabel() == "threshold (score)"


@pytest.mark.parametrize("costs", [(5, 1), (1.0, 4.0), (0.1, 0.02)])
def test_costs_are_those_of_the_errors_at_each_threshold(costs):
    weight = np.arange(len(Y)) % 3 + 1.0
    ax = show.plot_thresholds(Y, P, costs=costs, sample_weight=weight)
    name = f"cost at {costs[0]:g}:{costs[1]:g}"
    places, drawn = lines(ax)[name].get_data()
    each = np.where(Y == 1, *costs) * weight
    for place, cost in zip(places[:-1], drawn[:-1], strict=True):
        wrong = (place <= P) != (Y == 1)
        assert cost == pytest.approx(each[wrong].sum() / each.sum())
    curve = threshold_costs(Y, P, costs, sample_weight=weight)
    wrong = (curve.best_threshold <= P) != (Y == 1)
    assert drawn.min() == pytest.approx(each[wrong].sum() / each.sum())
    assert any(label.startswith("lowest cost = ") for label in legend(ax))
    assert "F1" not in " ".join(legend(ax))
    assert "cost (1: every row wrong)" in ax.get_ylabel()


@pytest.mark.parametrize(
    "costs",
    [
        *[(0, 1), (1, -1), (np.inf, 1), (np.nan, 1), (10**400, 1), (1, 2, 3), (5,), (), [[5, 1]]],
        *[5, "5:1", "51", ("5", "1"), (None, 1), (True, 1), (1j, 1), {5: 1, 1: 5}],
        *[np.array(5), np.array([1.0, 2.0, 3.0])],
    ],
)
def test_costs_are_two_positive_numbers(costs):
    with pytest.raises(InputError, match=r"^costs.*; give two positive numbers"):
        show.plot_thresholds(Y, P, costs=costs)


@pytest.mark.parametrize("costs", [[5, 1], np.array([5, 1]), (np.float32(5), np.int8(1))])
def test_costs_are_taken_in_any_pair_of_numbers(costs):
    assert threshold_costs(Y, P, costs).cost.tolist() == threshold_costs(Y, P, (5, 1)).cost.tolist()
    assert "cost at 5:1" in lines(show.plot_thresholds(Y, P, costs=costs))


def test_each_class_has_its_curve_against_the_others():
    ax = show.plot_roc_by_class(SPECIES, OF_CLASSES, rows="flowers")
    assert ax.get_title() == "ROC: each class against the others\n150 flowers"
    for k, name in enumerate(IRIS.target_names):
        curve = roc_curve(SPECIES, OF_CLASSES[:, k], pos_label=name)
        (line,) = [x for label, x in lines(ax).items() if label.startswith(f"class {name}:")]
        np.testing.assert_array_equal(line.get_xdata(), curve.false_positive_rate)
    ax = show.plot_calibration_by_class(SPECIES, OF_CLASSES)
    assert [label.split(":")[0] for label in legend(ax)] == [
        "calibrated",
        *(f"class {name}" for name in IRIS.target_names),
    ]


def test_of_many_classes_the_commonest_have_a_curve_and_the_others_are_counted():
    y = np.repeat(np.arange(9), np.arange(1, 10))
    p = np.full((len(y), 10), 0.1)  # a tenth class has no row
    ax = show.plot_roc_by_class(y, p, labels=np.arange(10))
    named = [label.split(":")[0] for label in legend(ax)][1:]
    assert named == [f"class {k}" for k in range(3, 9)]
    assert "(4 not drawn)" in ax.get_title()
    with pytest.raises(InputError, match=r"labels=model\.classes_"):
        show.plot_roc_by_class(y, p)
    with pytest.raises(InputError, match="rows of one class only"):
        show.plot_calibration_by_class(np.zeros(4), np.ones((4, 2)), labels=[0, 1])


def contrast(one, other):
    """By WCAG 2.2: 1 for equal colours, 21 for black on white."""
    low, high = sorted(canvas.luminance(mpl.colors.to_rgb(each)) for each in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("style", ["default", "dark_background"])
@pytest.mark.parametrize("name", [name for name in ALL if name not in {"boundary", "regions"}])
def test_every_line_stands_out_from_a_light_ground_and_a_dark_one(name, style):
    """Boundaries and regions lie on a ground of their own, which is pale."""
    with mpl.style.context(style):
        ax = ALL[name]()
        for line in ax.get_lines():
            assert contrast(line.get_color(), ax.get_facecolor()) >= 2.4


def test_numbers_in_cells_can_be_read_on_every_shade():
    shares = np.linspace(0, 1, 11)
    for share in (100 * shares).round().astype(int).tolist():
        y = np.repeat([0, 0, 1], [share, 100 - share, 1])
        ax = show.plot_confusion(y, np.repeat([0, 1, 1], [share, 100 - share, 1]))
        image = ax.get_images()[0]
        for text, value in zip(ax.texts, image.get_array().ravel(), strict=True):
            assert contrast(text.get_color(), image.cmap(image.norm(value))[:3]) >= 4.5


def test_rare_events_fill_the_picture():
    rare = np.arange(200) < 4
    ax = show.plot_thresholds(rare, np.linspace(0.02, 0, 200))
    assert ax.get_xlim()[1] < 0.05


def test_roc_holds_the_curve_its_area_and_the_diagonal():
    curve = roc_curve(Y, P)
    ax = show.plot_roc(Y, P, label="moons")
    drawn = lines(ax)
    np.testing.assert_array_equal(
        drawn[f"moons: AUC = {curve.auc:.3f}"].get_xydata().T,
        [curve.false_positive_rate, curve.true_positive_rate],
    )
    assert drawn["chance: AUC = 0.5"].get_xydata().tolist() == [[0, 0], [1, 1]]


@pytest.mark.parametrize("draw", [show.plot_roc, show.plot_precision_recall])
def test_curves_compare_on_the_same_axes(draw):
    ax = draw(Y, P, label="both")
    assert draw(Y, -X[:, 1], label="one", ax=ax) is ax
    assert len(legend(ax)) == 3
    both, one = (line for line in ax.get_lines() if line.get_gid() == "curve")
    assert both.get_color() != one.get_color()
    assert both.get_linestyle() != one.get_linestyle()


def test_precision_recall_holds_the_curve_and_the_base_rate():
    curve = precision_recall_curve(Y, P)
    drawn = lines(show.plot_precision_recall(Y, P))
    line = drawn[f"model: average precision = {curve.average_precision:.3f}"]
    np.testing.assert_array_equal(line.get_xydata().T, [curve.recall, curve.precision])
    assert line.get_drawstyle() == "steps-pre"
    assert drawn["base rate = 0.500"].get_ydata()[0] == curve.base_rate


def model(coef, classes=(0, 1)):
    return SimpleNamespace(coef_=np.atleast_2d(coef), classes_=np.array(classes))


def test_coefficients_are_sorted_and_the_rest_is_counted():
    coef = np.random.default_rng(0).normal(size=30)
    names = [f"feature {j}" for j in range(30)]
    ax = show.plot_coefficients(model(coef), names=names, at_most=12)
    order = np.argsort(-np.abs(coef))[:12]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == [names[j] for j in order]
    np.testing.assert_allclose([bar.get_width() for bar in ax.patches], coef[order])
    assert ax.yaxis_inverted()
    assert "18 smaller not shown" in ax.get_title()
    assert len({bar.get_facecolor() for bar in ax.patches}) == 2


def test_sparse_coefficients_are_drawn_as_any():
    sparse = pytest.importorskip("scipy.sparse")
    one = model(np.array([2.0, 0.0, -1.0]))
    other = SimpleNamespace(coef_=sparse.csr_matrix(one.coef_), classes_=one.classes_)
    widths = [[b.get_width() for b in show.plot_coefficients(m).patches] for m in (one, other)]
    assert widths[0] == widths[1]


def test_odds_ratios_grow_from_one():
    ax = show.plot_coefficients(model(np.array([2.0, -1.0])), odds_ratios=True)
    ends = [bar.get_x() + bar.get_width() for bar in ax.patches]
    np.testing.assert_allclose(ends, [np.exp(2), np.exp(-1)])
    assert [bar.get_x() for bar in ax.patches] == [1, 1]
    assert ax.get_xscale() == "log"


def test_coefficients_of_one_of_several_classes():
    ax = show.plot_coefficients(THREE, label="setosa")
    np.testing.assert_allclose(
        sorted(bar.get_width() for bar in ax.patches), sorted(THREE.coef_[0])
    )
    flipped = show.plot_coefficients(MODEL, label=0)
    straight = show.plot_coefficients(MODEL, label=1)
    for a, b in zip(flipped.patches, straight.patches, strict=True):
        assert a.get_width() == -b.get_width()


def test_confusion_shows_counts_and_shares_of_the_true_class():
    guess = P > 0.5
    ax = show.plot_confusion(Y, guess)
    counts = confusion_matrix(Y, guess)
    np.testing.assert_allclose(ax.images[0].get_array(), counts / counts.sum(axis=1, keepdims=True))
    assert [int(text.get_text().split()[0]) for text in ax.texts] == counts.ravel().tolist()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")


def test_confusion_of_a_class_without_rows_is_zero_and_not_nan():
    ax = show.plot_confusion(["a", "a"], ["a", "b"], labels=["b", "a"])
    assert np.asarray(ax.images[0].get_array()).tolist() == [[0, 0], [0.5, 0.5]]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["b", "a"]


def test_names_from_tables_are_drawn_and_not_interpreted():
    odd = ["price in $", r"\frac{a} $x_$", "_hidden", "two\nlines " * 20]
    ax = show.plot_coefficients(model(np.arange(4.0)), names=odd)
    ax.figure.savefig(io.BytesIO())
    names = np.array(odd)
    show.plot_data(np.arange(8.0).reshape(4, 2), names).figure.savefig(io.BytesIO())
    show.plot_confusion(names, names).figure.savefig(io.BytesIO())
    ax = show.plot_roc([0, 1], [0, 1], label="_$")
    ax.figure.savefig(io.BytesIO())
    assert len(legend(ax)) == 2


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_tiny_and_constant_data_are_drawn(rows):
    flat = np.ones((rows, 2))
    y = np.arange(rows) % 2
    for ax in (show.plot_data(flat, y), show.plot_decision_boundary(MODEL, flat, y)):
        ax.figure.savefig(io.BytesIO())
        drawn = np.concatenate([np.asarray(each.get_offsets()) for each in ax.collections])
        assert (drawn == 1).all(axis=1).sum() == rows
        (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
        assert left < 1 < right
        assert low < 1 < high
    show.plot_decision_boundary(MODEL, flat).figure.savefig(io.BytesIO())
    show.plot_loss(np.ones(rows)).figure.savefig(io.BytesIO())
    show.plot_coefficients(model(np.zeros(rows)), odds_ratios=True).figure.savefig(io.BytesIO())


def test_two_rows_of_one_score_are_drawn():
    for draw in (show.plot_thresholds, show.plot_roc, show.plot_precision_recall):
        draw([0, 1], [0.5, 0.5]).figure.savefig(io.BytesIO())
        draw([0, 1], [7, 7]).figure.savefig(io.BytesIO())


def test_characters_that_no_font_has_become_boxes_and_are_named(monkeypatch):
    monkeypatch.setattr("glasslogit.show.fonts.family_with", lambda _: None)
    with pytest.warns(GlasslogitWarning, match="no installed font has 漢, 字, drawn as □"):
        ax = show.plot_roc([0, 1], [0, 1], label="漢字 Größe")
    assert legend(ax)[-1] == "□□ Größe: AUC = 1.000"
    ax.figure.savefig(io.BytesIO())  # and matplotlib has nothing more to warn of
    names = ["漢 age", "dose"]
    with pytest.warns(GlasslogitWarning, match="漢"):
        ax = show.plot_coefficients(model([2.0, -1.0]), names=names)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["□ age", "dose"]
    ax.figure.savefig(io.BytesIO())


def test_a_character_comes_from_whatever_font_has_it():
    odd = "\u1d15"  # in a serif font that comes with matplotlib, not in its first choice
    found = family_with(odd)
    if found is None:
        pytest.skip("no font here has it")
    ax = show.plot_coefficients(model([2.0, -1.0]), names=[f"{odd} age", "dose"])
    first = ax.get_yticklabels()[0]
    assert first.get_text() == f"{odd} age"
    assert found in first.get_fontfamily()
    ax.figure.savefig(io.BytesIO())


@pytest.mark.parametrize("name", ["<b>bold</b>", "$x$", "_x_", "a_b^c", "$", "$$", "\\alpha"])
def test_names_are_text_and_never_formulas(name):
    drawn = show.plot_coefficients(model([2.0, -1.0]), names=[name, "other"], rows=name)
    of_class = show.plot_data([[1, 2], [3, 4]], [name, "other"], names=[name, "other"])
    for ax in (drawn, of_class):
        ax.figure.savefig(io.BytesIO())
        for text in ax.findobj(Text):
            shown, kind = text._preprocess_math(text.get_text())
            assert kind is False
            assert "\\$" not in shown
    assert drawn.get_yticklabels()[0].get_text().strip().replace("\\$", "$") == name


def test_coefficients_for_a_standard_deviation_are_ranked_by_it():
    ax = show.plot_coefficients(model([0.5, -2.0]), names=["age", "dose"], spread=[12.0, 0.5])
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["age", "dose"]
    np.testing.assert_allclose([bar.get_width() for bar in ax.patches], [6.0, -1.0])
    assert "one standard deviation" in ax.get_xlabel()
    assert "one unit" in show.plot_coefficients(model([0.5])).get_xlabel()
    with pytest.raises(InputError, match="standard deviations of 1 feature"):
        show.plot_coefficients(model([0.5]), spread=[1.0, 2.0])
    with pytest.raises(InputError, match="standard deviations"):
        show.plot_coefficients(model([0.5]), spread=[np.nan])


@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("odds_ratios", [False, True])
def test_intervals_of_a_summary_are_drawn_around_the_bars(label, odds_ratios):
    pytest.importorskip("scipy")
    fitted = glasslogit.LogisticRegression().fit(X, Y)
    summary = glasslogit.summarize(fitted, X, Y)
    spread = X.std(axis=0)
    how = {"spread": spread, "label": label, "odds_ratios": odds_ratios}
    ax = show.plot_coefficients(fitted, summary=summary, rows="3 training rows", **how)
    (lines,) = ax.collections
    ends = np.array([segment[:, 0] for segment in lines.get_segments()])
    order = np.argsort(-np.abs(fitted.coef_[0] * spread))
    wanted = np.stack([summary.ci_low, summary.ci_high], axis=1)[1:] * spread[:, None]
    wanted = wanted if label else -wanted[:, ::-1]
    np.testing.assert_allclose(ends, (np.exp(wanted) if odds_ratios else wanted)[order])
    for (low, high), bar in zip(ends, ax.patches, strict=True):
        assert low < bar.get_x() + bar.get_width() < high
    assert ax.get_title().split("\n")[1] == "3 training rows; 95% intervals"
    with pytest.raises(InputError, match="two classes"):
        show.plot_coefficients(THREE, label="setosa", summary=summary)


def test_titles_say_which_rows_were_measured():
    how = {"rows": "held-out rows"}
    drawn = [
        show.plot_roc(Y, P, **how),
        show.plot_thresholds(Y, P, **how),
        show.plot_precision_recall(Y, P, **how),
        show.plot_calibration(Y, P, **how),
        show.plot_confusion(Y, P > 0.5, **how),
        show.plot_decision_boundary(MODEL, X, Y, **how),
        show.plot_decision_boundary(THREE, FLOWERS.iloc[:80], SPECIES[:80], **how),
    ]
    for ax in drawn:
        assert ax.get_title().split("\n")[1] == f"{len(Y)} held-out rows"
    assert show.plot_roc(Y, P).get_title().endswith(f"\n{len(Y)} rows")
    assert show.plot_loss([0.7, 0.6], rows="5 rows").get_title() == "Loss during training\n5 rows"


def test_a_loss_without_a_penalty_is_not_called_one_with_it():
    for C, name in ((np.inf, "loss"), (1.0, "loss with penalty")):
        fitted = glasslogit.LogisticRegression(C=C).fit(X, Y)
        assert show.plot_loss(fitted).get_ylabel() == f"{name} (nats per row)"
        traced = show.plot_loss(fitted.trace_)
        assert traced.get_ylabel() == "loss with any penalty (nats per row)"
    assert show.plot_loss([0.7, 0.6]).get_ylabel() == "loss (nats per row)"


def test_titles_say_class_once_and_count_a_single_row():
    assert show.plot_data([[1, 2]], ["class [one]"]).get_title() == "1 row, by class"
    assert legend(show.plot_data([[1, 2]], ["class [one]"])) == ["class [one]"]
    named = model([1.0], ("class [one]", "class [two]"))
    assert show.plot_coefficients(named).get_title() == "Coefficients towards class [two]"


def test_a_threshold_near_one_is_not_rounded_to_one():
    ax = show.plot_decision_boundary(MODEL, X, threshold=0.9999)
    assert "0.9999" in ax.figure.axes[1].get_ylabel()
    assert "chosen: 0.99999" in legend(show.plot_thresholds(Y, P, chosen=0.99999))


def test_a_chosen_threshold_beyond_the_axis_is_said_to_be_there():
    rare, score = np.arange(200) < 4, np.linspace(0.02, 0, 200)
    assert "chosen: 0.5 (beyond this axis)" in legend(show.plot_thresholds(rare, score, chosen=0.5))
    assert "chosen: 0.01" in legend(show.plot_thresholds(rare, score, chosen=0.01))


def test_the_confusion_of_many_classes_has_no_numbers_and_few_names():
    many = np.arange(90)
    ax = show.plot_confusion(many, many)
    assert not ax.texts
    assert [int(tick.get_text()) for tick in ax.get_xticklabels()] == list(range(0, 90, 5))
    assert ax.get_yticks().tolist() == list(range(0, 90, 5))


NAN, INFINITE = X.copy(), FLOWERS.copy()
NAN[7, 1] = np.nan
INFINITE.iloc[3, 0] = np.inf


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: show.plot_data(np.ones((2, 3)), [0, 1]), "two columns"),
        (lambda: show.plot_data(X, Y[1:]), "X has 80 rows and y 79"),
        (lambda: show.plot_data(X, Y, names=["a"]), "1 name for 2"),
        (lambda: show.plot_data(NAN, Y), "X holds NaN in row 7, column 'x1'"),
        (
            lambda: show.plot_data(INFINITE, SPECIES),
            r"X holds infinity in row 3, column 'sepal length \(cm\)'",
        ),
        (lambda: show.plot_decision_boundary(MODEL, NAN), "X holds NaN in row 7, column 'x1'"),
        (lambda: show.plot_data([["a", "b"]], [0]), "not a table of numbers"),
        (lambda: show.plot_thresholds(Y, P, chosen=1.5), "chosen=1.5"),
        (lambda: show.plot_thresholds(Y, P, chosen=np.nan), "chosen=nan"),
        (lambda: show.plot_loss(["a"]), "one loss for each step"),
        (lambda: show.plot_loss([np.nan, np.inf]), "no finite number"),
        (lambda: show.plot_loss([]), "one loss for each step"),
        (lambda: show.plot_loss([1.0], against="passes"), "no 'passes'"),
        (lambda: show.plot_loss([1.0], against="value"), "against='value' is not valid"),
        (lambda: show.plot_decision_boundary(MODEL, X, threshold=1), "threshold=1 is not valid"),
        (lambda: show.plot_decision_boundary(MODEL, X, Y + 1), "does not know"),
        (lambda: show.plot_coefficients(THREE), "label='setosa'"),
        (
            lambda: show.plot_coefficients(MODEL, label="x"),
            "label='x' is no class of the model",
        ),
        (lambda: show.plot_coefficients(model([800.0]), odds_ratios=True), "odds_ratios=False"),
    ],
)
def test_misuse_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_in_a_notebook_the_figure_is_pyplots_which_shows_it(monkeypatch):
    import matplotlib.pyplot as plt

    assert not canvas.in_notebook()
    monkeypatch.setattr(canvas, "in_notebook", lambda: True)
    with plt.rc_context(), mpl.rc_context({"backend": "agg"}):
        ax = show.plot_sigmoid()
        assert plt.get_fignums() == [ax.figure.number]
        plt.close("all")
