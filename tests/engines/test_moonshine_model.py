"""The lean graphs give what the graphs in the wheel give, and damaged files give one clear error."""

import random
from itertools import pairwise

import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livewatch.engines.moonshine import graphs, weights
from livewatch.engines.moonshine.align import word_spans
from livewatch.engines.moonshine.decoding import logprob, loop, read
from livewatch.engines.moonshine.model import Features, Model
from livewatch.engines.moonshine.tokens import Tokens
from livewatch.engines.moonshine.tree import END, START
from livewatch.errors import ModelError
from tests.engines.speech import sample

SECOND = 16_000


@pytest.fixture(scope="module")
def model() -> Model:
    return Model()


@pytest.fixture(scope="module")
def tokens(model) -> Tokens:
    return Tokens(model.tokens)


@pytest.fixture(scope="module")
def sound():
    """ "...we can see that your computer is infected with a virus", 5.6 to 9.9 s of the demo."""
    return sample("microsoft-short")[int(5.6 * SECOND) : int(9.9 * SECOND)]


def encode(model, sound, pieces=1):
    features = Features(model)
    for part in np.array_split(sound, pieces):
        features.add(part)
    return model.encode(features)


def original(name):
    return onnxruntime.InferenceSession(str(weights.folder() / name), providers=["CPUExecutionProvider"])


def test_the_encoding_is_that_of_the_wheels_own_encoder_up_to_8_bit_rounding(model, sound):
    wave = sound.astype(np.float32)[None] / 32768.0
    encoder = original("encoder_model.ort")
    mask = np.ones(wave.shape, np.int64)
    hidden = encoder.run(None, {"input_values": wave, "attention_mask": mask})[0]
    # Rounding inside the network is chaotic: one millionth of full scale, added to the sound, moves it this far too.
    noise = np.random.default_rng(1).standard_normal(wave.shape).astype(np.float32) * 1e-6
    moved = encoder.run(None, {"input_values": wave + noise, "attention_mask": mask})[0]
    own_noise = np.linalg.norm(moved - hidden) / np.linalg.norm(hidden)
    key = graphs.Quantised, weights.OrtFile(weights.folder() / "decoder_model_merged.ort")
    matrix = key[1].matmul("/model/decoder/layers.5/encoder_attn/k_proj")
    expected = hidden[0] @ ((matrix.matrix.astype(np.float32) - float(matrix.zero)) * float(matrix.scale))
    got = encode(model, sound).cross["cross.5.key"][0].transpose(1, 0, 2).reshape(expected.shape)
    assert np.linalg.norm(got - expected) / np.linalg.norm(expected) < max(3 * own_noise, 0.06)


def test_the_decoder_gives_the_log_probabilities_of_the_wheels_own(model, sound):
    wave = sound.astype(np.float32)[None] / 32768.0
    mask = np.ones(wave.shape, np.int64)
    hidden = original("encoder_model.ort").run(None, {"input_values": wave, "attention_mask": mask})[0]
    reading = read(model, encode(model, sound), limit=40)
    decoder = original("decoder_model_merged.ort")
    feeds = {
        "input_ids": np.array([[START, *reading.tokens]]),
        "encoder_hidden_states": hidden,
        "encoder_attention_mask": np.ones((1, hidden.shape[1]), np.int64),
        "use_cache_branch": np.array([False]),
    }
    for cell in decoder.get_inputs():
        if cell.name.startswith("past_key_values"):
            feeds[cell.name] = np.zeros((1, graphs.HEADS, 0, graphs.HEAD_SIZE), np.float32)
    logits = decoder.run(["logits"], feeds)[0][0]
    logprobs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    expected = [logprobs[row, token] for row, token in enumerate([*reading.tokens, END])]
    assert logprob(model, encode(model, sound), reading.tokens) == pytest.approx(expected, abs=0.5)


def test_it_reads_what_is_said(model, tokens, sound):
    reading = read(model, encode(model, sound), limit=40)
    text = " ".join(piece.text for piece in tokens.words(reading.tokens))
    assert "your computer is infected" in text
    assert reading.ended


def test_a_draft_changes_neither_the_words_nor_their_scores_much(model, sound):
    encoding = encode(model, sound)
    plain = read(model, encoding, limit=40)
    for draft in (plain.tokens, plain.tokens[:5], (*plain.tokens[:4], 9999, *plain.tokens[4:]), (7777, 8888)):
        again = read(model, encoding, draft=draft, limit=40)
        assert again.tokens == plain.tokens
        assert again.looked.shape == (len(plain.tokens) + 1, encoding.frames)
        assert again.logprobs == pytest.approx(plain.logprobs, abs=0.6)


def test_forced_tokens_stay(model, sound):
    encoding = encode(model, sound)
    forced = (7777, 8888)
    assert read(model, encoding, draft=forced, forced=2, limit=40).tokens[:2] == forced


@settings(deadline=None, max_examples=15)
@given(cuts=st.lists(st.integers(1, 4 * SECOND), max_size=6))
def test_the_front_end_gives_the_same_however_the_sound_is_cut(model, sound, cuts):
    whole, parts = Features(model), Features(model)
    whole.add(sound)
    for part in np.split(sound, sorted(cuts)):
        parts.add(part)
    for one, other in zip(whole.normalised(), parts.normalised(), strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-4, atol=1e-4)


def test_words_are_timed_to_a_tenth_of_a_second(model, tokens, sound):
    reading = read(model, encode(model, sound), limit=40)
    pieces = tokens.words(reading.tokens)
    spans = word_spans(reading, pieces, len(sound))
    texts = [piece.text.strip(".,").lower() for piece in pieces]
    first = texts.index("your")
    start, end = spans[first][0], spans[texts.index("infected")][1]
    # samples.toml: "your computer is infected" from 6.775 to 8.625 s
    assert start / SECOND + 5.6 == pytest.approx(6.775, abs=0.1)
    assert end / SECOND + 5.6 == pytest.approx(8.625, abs=0.1)
    assert all(a < b for a, b in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


@given(text=st.text(alphabet=st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=30))
def test_text_survives_the_tokens(tokens, text):
    assert "".join(piece.text for piece in tokens.words(tokens.encode(text))) == text


def test_tokens_are_those_the_network_writes(model, tokens, sound):
    reading = read(model, encode(model, sound), limit=40)
    text = " ".join(piece.text for piece in tokens.words(reading.tokens))
    assert tuple(tokens.encode(text)) == reading.tokens


def test_a_loop_is_cut_and_honest_repetition_is_not():
    assert loop([1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3], 0) == 9
    assert loop([9] * 8, 0) == 7
    assert loop([4, 5, 4, 5, 4, 5], 0) == 0
    assert loop([6, 6, 6, 6], 0) == 0
    assert loop([1, 2, 3, 4, 5, 6, 7], 0) == 0


def test_signed_weights_are_used_only_where_products_are_exact():
    product, ones, right = graphs.product_test()
    got = onnxruntime.InferenceSession(product, providers=["CPUExecutionProvider"]).run(None, {"input": ones})[0]
    exact = bool(np.allclose(got, right, rtol=1e-3))
    encoder = weights.OrtFile(weights.folder() / "encoder_model.ort")
    decoder = weights.OrtFile(weights.folder() / "decoder_model_merged.ort")
    features = np.random.default_rng(2).standard_normal((1, 2 * graphs.WIDTH, 60)).astype(np.float32)
    feeds = {
        "features": features,
        "scale": np.array(1, np.float32),
        "offset": np.zeros((1, 2 * graphs.WIDTH, 1), np.float32),
    }
    results = [
        onnxruntime.InferenceSession(
            graphs.encoder(encoder, decoder, signed=signed), providers=["CPUExecutionProvider"]
        ).run(None, feeds)[0]
        for signed in (False, True)
    ]
    assert np.array_equal(results[0], results[1]) or not exact


@pytest.mark.parametrize("name", ["encoder_model.ort", "tokenizer.bin"])
def test_a_damaged_file_gives_one_clear_error(tmp_path, name):
    good = (weights.folder() / name).read_bytes()
    rng = random.Random(5)
    path = tmp_path / name
    read = weights.OrtFile if name.endswith(".ort") else weights.read_tokens
    for cut in (0, 3, 8, 100, len(good) // 2):
        path.write_bytes(good[:cut])
        with pytest.raises(ModelError):
            read(path)
    hints: set[str] = set()
    for _ in range(20):
        damaged = bytearray(good)
        for _ in range(40):
            damaged[rng.randrange(min(len(good), 4000))] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        try:
            read(path)
        except ModelError as error:
            hints.add(error.hint)
    assert all(hint.startswith("Type: pip install") for hint in hints)


def test_a_missing_file_names_the_command(tmp_path):
    with pytest.raises(ModelError) as caught:
        weights.OrtFile(tmp_path / "encoder_model.ort")
    assert "pip install" in caught.value.hint
