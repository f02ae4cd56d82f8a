"""Makes expected.jsonl: what transformers makes of conversations with the templates in this folder and those of GGUF files.

    python3 -m venv venv && venv/bin/pip install transformers jinja2 gguf
    venv/bin/python generate.py SMOLLM2.gguf QWEN2.5.gguf

The templates of the GGUF files are not copied here; the tests read them from the same files.
"""

import json
import pathlib
import sys

import gguf
from transformers.utils.chat_template_utils import render_jinja_template

HERE = pathlib.Path(__file__).parent
SYSTEM = {"role": "system", "content": "You fix bugs in C."}
USER = {"role": "user", "content": "Line 3: `buf[n] = 0;`\n\n```c\n\tbuf[n] = 0;\n```"}
ANSWER = {"role": "assistant", "content": "```c\n\tbuf[n - 1] = 0;\n```"}
ODD = {"role": "user", "content": "{{ bos_token }} {% raw %} <|im_end|> [/INST] é 漢 \u2028 <|eot_id|>"}
CONVERSATIONS = [[SYSTEM, USER], [USER], [SYSTEM, USER, ANSWER, ODD], [ODD, ANSWER, USER]]


def gguf_template(path):
    fields = gguf.GGUFReader(path).fields
    return fields["tokenizer.chat_template"].contents()


def main():
    smollm2, qwen2 = sys.argv[1:]
    templates = {path.stem: path.read_text() for path in sorted(HERE.glob("*.jinja"))}
    templates |= {"smollm2": gguf_template(smollm2), "qwen2.5": gguf_template(qwen2)}
    lines = []
    for name, template in templates.items():
        # This fallback is what a template takes where strftime_now is not defined; transformers always defines it.
        template = template.replace("strftime_now is defined", "false")
        for messages in CONVERSATIONS:
            texts, _ = render_jinja_template(
                conversations=[messages], chat_template=template, add_generation_prompt=True,
                bos_token="<s>", eos_token="</s>",
            )
            lines.append({"template": name, "messages": messages, "expected": texts[0]})
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (HERE / "expected.jsonl").write_text(text, encoding="utf-8")


main()
