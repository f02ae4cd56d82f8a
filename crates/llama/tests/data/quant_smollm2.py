"""Writes quant_smollm2.tsv: a check sum over the values of every tensor of SmolLM2-135M-Instruct, Q4_1,
as the `gguf` Python package reads them.

    pip install gguf==0.19.0 numpy==2.4.6 && python quant_smollm2.py SmolLM2-135M-Instruct.Q4_1.gguf
"""

import sys
from pathlib import Path

import numpy as np
from gguf import GGUFReader
from gguf.quants import dequantize


def main(path):
    lines = []
    for tensor in GGUFReader(path).tensors:
        bits = dequantize(tensor.data, tensor.tensor_type).astype("<f4").ravel().view("<u4").astype(np.uint64)
        weights = 2 * np.arange(len(bits), dtype=np.uint64) + 1
        shape = [int(n) for n in reversed(tensor.shape)]
        lines.append(f"{tensor.name}\t{tensor.tensor_type.name}\t{shape}\t{int((bits * weights).sum()):016x}\n")
    Path(__file__).with_name("quant_smollm2.tsv").write_text("".join(sorted(lines)))


if __name__ == "__main__":
    main(sys.argv[1])
