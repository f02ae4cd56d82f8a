"""Writes quant.bin: random blocks of every tensor type and the values that the `gguf` Python package reads from them.

    pip install gguf==0.19.0 numpy==2.4.6 && python quant.py

quant.bin is a sequence of records, little-endian: type id u32, number of bytes u32, number of values u32,
the bytes of the blocks, the values as f32.
"""

import struct
import warnings
from pathlib import Path

import numpy as np
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType as T
from gguf.quants import dequantize

# Where each type keeps its f16 scales, in bytes from the start of a block.
SCALES = {
    T.Q4_0: [0],
    T.Q4_1: [0, 2],
    T.Q5_0: [0],
    T.Q5_1: [0, 2],
    T.Q8_0: [0],
    T.Q4_K: [0, 2],
    T.Q5_K: [0, 2],
    T.Q6_K: [208],
}
# Zero and minus zero, subnormal, smallest normal, one, minus one, largest, infinite, not a number.
EDGES = [0x0000, 0x8000, 0x0001, 0x03FF, 0x83FF, 0x0400, 0x3C00, 0xBC00, 0x7BFF, 0xFBFF, 0x7C00, 0xFC00, 0x7E00]
# Of the sizes that trained weights have, both signs.
USUAL = [0x2266, 0xA266, 0x1C00, 0x9C31, 0x2FFF]


def floats(rng, ty):
    """Random bit patterns, and every edge of a half as a value of its own."""
    width = GGML_QUANT_SIZES[ty][1]
    edges = {
        2: np.array(EDGES, "<u2") if ty == T.F16 else np.array([0x0000, 0x8000, 0x0001, 0x7F80, 0xFF80, 0x7FC0], "<u2"),
        4: np.array([0, 0x80000000, 1, 0x7F7FFFFF, 0x7F800000, 0xFF800000, 0x7FC00000], "<u4"),
    }[width]
    return np.concatenate([edges.view(np.uint8), rng.integers(0, 256, 500 * width, dtype=np.uint8)])


def blocks(rng, ty):
    """Random, all-zero and all-one integers under usual and extreme scales."""
    size = GGML_QUANT_SIZES[ty][1]
    kinds = []
    for scale in EDGES + USUAL:
        for fill in (None, 0x00, 0xFF):
            block = rng.integers(0, 256, size, dtype=np.uint8) if fill is None else np.full(size, fill, np.uint8)
            offset = rng.choice(USUAL) if scale in USUAL else rng.choice(EDGES)
            for at, value in zip(SCALES[ty], [scale, offset]):
                block[at : at + 2] = np.frombuffer(struct.pack("<H", value), np.uint8)
            kinds.append(block)
    return np.concatenate(kinds)


def main():
    warnings.simplefilter("ignore", RuntimeWarning)
    rng = np.random.default_rng(20240731)
    with open(Path(__file__).with_name("quant.bin"), "wb") as out:
        for ty in [T.F32, T.F16, T.BF16, *SCALES]:
            data = blocks(rng, ty) if ty in SCALES else floats(rng, ty)
            values = dequantize(data.reshape(1, -1), ty).astype("<f4").tobytes()
            out.write(struct.pack("<III", ty, len(data), len(values) // 4) + data.tobytes() + values)


if __name__ == "__main__":
    main()
