"""Enhancement by an instruct model on this machine, such as Qwen2.5-7B-Instruct."""

from dataclasses import dataclass
from threading import Lock
from typing import Any, ClassVar

from generation.backends.answers import plain_answer
from generation.backends.base import BackendError, EnhancementTask, Enhancer, Reporter
from generation.backends.diffusers_common.device import (
    NO_TORCH,
    device_for,
    dtype_for,
    torch_or_reason,
)
from generation.backends.diffusers_common.failures import explained, opening
from generation.backends.diffusers_common.local_model import LocalModel
from generation.backends.diffusers_common.weights import located
from generation.backends.options import chosen


@dataclass(frozen=True)
class InstructOptions:
    """`model` is a local folder or a hub id."""

    model: str = "Qwen/Qwen2.5-7B-Instruct"
    device: str = "auto"
    dtype: str = "auto"
    seconds: float = 55.0  # an answer is broken off before the attempt's minute is over


class InstructEnhancer(LocalModel, Enhancer):
    """Keeps its model in memory from the first prompt on."""

    name = "transformers"
    memory_gb = 15.0  # FACTS
    parts: ClassVar = {"model": "chat"}
    loaded: tuple[Any, Any] | None = None  # tokenizer, model

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.settings = chosen(InstructOptions, options)
        # An attempt that took too long may still be at work when the next one starts.
        self._alone = Lock()

    def load(self, model: str, reporter: Reporter) -> None:
        """Load it before an answer is awaited, which has its own time."""
        with self._alone, explained():
            self._load()

    def enhance(self, task: EnhancementTask) -> str:
        """The model's answer, without quotes or thoughts around it."""
        with self._alone, explained():
            tokenizer, model = self._load()
            return self._answer(tokenizer, model, task)

    def unload(self) -> None:
        """Once the answer that is being given has been."""
        with self._alone:
            super().unload()

    def _load(self) -> tuple[Any, Any]:
        if self.loaded is None:
            self.loaded = self._opened()
        return self.loaded

    def _opened(self) -> tuple[Any, Any]:
        torch_or_reason()
        try:
            from transformers import AutoModelForCausalLM, AutoTokenizer
        except ImportError as error:
            raise BackendError(NO_TORCH) from error
        path = located(self.settings.model, "chat")
        device = device_for(self.settings.device)
        dtype = dtype_for(self.settings.dtype, device, preferred="bfloat16")
        with opening("chat"):
            model: Any = AutoModelForCausalLM.from_pretrained(
                path, dtype=dtype, use_safetensors=True
            )
            return AutoTokenizer.from_pretrained(path), model.to(device).eval()

    def _answer(self, tokenizer: Any, model: Any, task: EnhancementTask) -> str:
        given = tokenizer(_chat(tokenizer, task), return_tensors="pt", add_special_tokens=False)
        given = given.to(model.device)
        sampling = (
            {"do_sample": True, "temperature": task.temperature, "top_p": task.top_p}
            if task.temperature > 0
            else {"do_sample": False}
        )
        with torch_or_reason().inference_mode():
            tokens = model.generate(
                **given,
                **sampling,
                # Its tokens are not CLIP's; what is too long is cut to the budget later.
                max_new_tokens=2 * task.budget,
                max_time=self.settings.seconds,
                pad_token_id=tokenizer.pad_token_id or tokenizer.eos_token_id,
            )
        answer = tokens[0, given.input_ids.shape[1] :]
        text = tokenizer.decode(answer, skip_special_tokens=True)
        return plain_answer(text, broken_off=int(answer[-1]) not in _ends(model, tokenizer))


def _ends(model: Any, tokenizer: Any) -> set[int]:
    """The tokens by which the model says that it is through."""
    ends = model.generation_config.eos_token_id
    return {tokenizer.eos_token_id, *(ends if isinstance(ends, list) else [ends])}


def _chat(tokenizer: Any, task: EnhancementTask) -> str:
    """The question in the form that the model was trained on, where it says which."""
    if tokenizer.chat_template is None:
        return f"{task.system_prompt}\n\nPrompt: {task.prompt}\n\nImproved prompt:"
    messages = [
        {"role": "system", "content": task.system_prompt},
        {"role": "user", "content": task.prompt},
    ]
    return tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
