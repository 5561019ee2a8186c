"""A recurrent cell over a whole sequence as one step of autograd: what PyTorch does only for its plain LSTM.

Autograd over a loop in Python keeps some twenty small tensors a step and adds to the gradient of the weights
at each. Here a step is one matrix product and a few operations in place either way, and the gradient of the
weights is one product over all steps at the end. It knows no modules and no settings.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

EPS = 1e-3
"""Added to the variance in a layer normalisation, as in the first public implementation of Sketch-RNN."""


class Norm(NamedTuple):
    """Gain and shift of a layer normalisation of the four gates, each for itself, and of the memory."""

    gain: Tensor  # (4, H)
    shift: Tensor  # (4, H)
    memory_gain: Tensor  # (H,)
    memory_shift: Tensor  # (H,)


def sweep(
    inputs: Tensor,
    constant: Tensor | None,
    hidden: Tensor,
    memory: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    mask: Tensor | None = None,
    norm: Norm | None = None,
) -> tuple[Tensor, Tensor]:
    """Hidden states after each step (T, B, H), and the memory after the last (B, H), of an LSTM.

    Gates are in the order of nn.LSTM: input, forget, candidate, output.

    Args:
        inputs: (T, B, I).
        constant: what is added to the gates at every step, (B, 4 H).
        hidden, memory: the state before the first step, (B, H) each.
        weight_ih, weight_hh: (4 H, I) and (4 H, H).
        mask: what the candidates are multiplied with, (T, B, H).
        norm: to normalise gates and memory with.
    """
    kind = inputs.device.type
    low = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else None
    with torch.autocast(kind, enabled=False):
        full = weight_hh.dtype  # of all that is no matrix product
        inputs, hidden, memory = inputs.to(full), hidden.to(full), memory.to(full)
        constant = None if constant is None else constant.to(full)
        norms = norm or (None, None, None, None)
        found: Any = _Sweep.apply(low, inputs, constant, hidden, memory, weight_ih, weight_hh, mask, *norms)
    return found


class _Sweep(torch.autograd.Function):
    """Arguments as of sweep, after the lower precision of the matrix products, if any."""

    @staticmethod
    def forward(ctx: Any, low: torch.dtype | None, *given: Any) -> tuple[Tensor, Tensor]:  # pyright: ignore[reportIncompatibleMethodOverride]
        inputs, constant, hidden, memory, weight_ih, weight_hh, mask, gain, shift, memory_gain, memory_shift = given
        steps, batch, _ = inputs.shape
        size = weight_hh.shape[1]
        # what a step multiplies, hidden state and input side by side: one product then gives all their gradients
        joined = inputs.new_empty(steps + 1, batch, size + inputs.shape[2], dtype=low)
        joined[:-1, :, size:] = inputs
        joined[0, :, :size] = hidden
        weight = torch.cat([weight_hh, weight_ih], dim=1).to(joined.dtype)  # (4 H, H + I)
        gates = inputs.new_empty(steps, batch, 4 * size)
        memories = inputs.new_empty(steps + 1, batch, size)
        memories[0] = memory
        tanhs = inputs.new_empty(steps, batch, size)
        new = torch.empty_like(memory)
        product = inputs.new_empty(batch, 4 * size, dtype=low)
        normed: list[Tensor] = []
        for step, (sums, tanh, before, after, row) in enumerate(
            zip(gates, tanhs, memories[:-1], memories[1:], joined[:-1], strict=True)
        ):
            if low is not None or constant is None:
                torch.mm(row, weight.t(), out=product if low else sums)
                if low is not None:
                    sums.copy_(product)
                    if constant is not None:
                        sums.add_(constant)
            else:
                torch.addmm(constant, row, weight.t(), out=sums)
            four = sums.view(batch, 4, size)
            if gain is not None and shift is not None:
                each, _, spread = torch.native_layer_norm(four, [size], None, None, EPS)
                normed += [each, spread]
                torch.addcmul(shift, each, gain, out=four)
            sums[:, : 2 * size].sigmoid_()
            candidate = sums[:, 2 * size : 3 * size].tanh_()
            output = sums[:, 3 * size :].sigmoid_()
            torch.mul(sums[:, size : 2 * size], before, out=after)
            if mask is not None:
                candidate = torch.mul(candidate, mask[step], out=new)
            after.addcmul_(sums[:, :size], candidate)
            if memory_gain is not None:
                each, middle, spread = torch.native_layer_norm(after, [size], memory_gain, memory_shift, EPS)
                normed += [middle, spread]
                torch.tanh(each, out=tanh)
            else:
                torch.tanh(after, out=tanh)
            if low is None:
                torch.mul(output, tanh, out=joined[step + 1, :, :size])
            else:
                joined[step + 1, :, :size] = torch.mul(output, tanh, out=new)
        ctx.low, ctx.size = low, size
        ctx.save_for_backward(weight, joined, gates, memories, tanhs, mask, gain, memory_gain, memory_shift, *normed)
        return joined[1:, :, :size].to(inputs.dtype), memories[-1].clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *given: Tensor) -> tuple[Tensor | None, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        weight, joined, gates, memories, tanhs, mask, gain, memory_gain, memory_shift, *normed = ctx.saved_tensors
        from_hidden, from_memory = given
        size: int = ctx.size
        steps, batch = gates.shape[:2]
        slopes = torch.empty_like(gates)  # of what the gates were before sigmoid and tanh
        lower = slopes if ctx.low is None else torch.empty_like(gates, dtype=ctx.low)
        recurrent = weight[:, :size]
        of_hidden, of_memory = torch.zeros_like(from_memory), from_memory.clone()
        product = of_hidden if ctx.low is None else torch.empty_like(of_hidden, dtype=ctx.low)
        new = torch.empty_like(of_hidden)
        of_gain, of_shift = gates.new_zeros(2, batch, 4, size).unbind()
        of_memory_gain, of_memory_shift = gates.new_zeros(2, size).unbind()
        none, one = gates.new_zeros(batch, 4, 1), gates.new_ones(batch, 4, 1)
        for step in range(steps - 1, -1, -1):
            in_forget, candidate, output = gates[step].split([2 * size, size, size], dim=1)
            tanh, before, slope = tanhs[step], memories[step], slopes[step]
            of_hidden += from_hidden[step]
            # through h = o tanh(c)
            torch.mul(of_hidden, tanh, out=slope[:, 3 * size :])
            _sigmoid_back(slope[:, 3 * size :], output)
            torch.mul(of_hidden, output, out=new)
            _tanh_back(new, tanh)
            if gain is not None:
                middle, spread = normed[4 * step + 2 : 4 * step + 4]
                through, for_gain, for_shift = torch.ops.aten.native_layer_norm_backward(
                    new, memories[step + 1], [size], middle, spread, memory_gain, memory_shift, [True, True, True]
                )
                of_memory_gain += for_gain
                of_memory_shift += for_shift
                of_memory += through
            else:
                of_memory += new
            # through c = f c' + i g
            masked = candidate if mask is None else torch.mul(candidate, mask[step], out=new)
            torch.mul(of_memory, masked, out=slope[:, :size])
            torch.mul(of_memory, before, out=slope[:, size : 2 * size])
            _sigmoid_back(slope[:, : 2 * size], in_forget)
            torch.mul(of_memory, in_forget[:, :size], out=slope[:, 2 * size : 3 * size])
            if mask is not None:
                slope[:, 2 * size : 3 * size].mul_(mask[step])
            _tanh_back(slope[:, 2 * size : 3 * size], candidate)
            of_memory *= in_forget[:, size:]
            if gain is not None:
                each, spread = normed[4 * step : 4 * step + 2]
                four = slope.view(batch, 4, size)
                of_gain.addcmul_(four, each)
                of_shift += four
                four *= gain
                through, _, _ = torch.ops.aten.native_layer_norm_backward(
                    four, each, [size], none, one, None, None, [True, False, False]
                )
                torch.mul(through, spread, out=four)
            if ctx.low is not None:
                lower[step] = slope
            torch.mm(lower[step], recurrent, out=product)
            if ctx.low is not None:
                of_hidden.copy_(product)
        flat = lower.view(steps * batch, 4 * size)
        of_weight = torch.mm(flat.t(), joined[:-1].view(steps * batch, -1)).to(gates.dtype)
        of_inputs = None
        if ctx.needs_input_grad[1]:
            of_inputs = torch.mm(flat, weight[:, size:]).to(gates.dtype).view(steps, batch, -1)
        of_constant = slopes.sum(dim=0) if ctx.needs_input_grad[2] else None
        found = (None, of_inputs, of_constant, of_hidden, of_memory, of_weight[:, size:], of_weight[:, :size], None)
        if gain is None:
            return *found, None, None, None, None
        return *found, of_gain.sum(dim=0), of_shift.sum(dim=0), of_memory_gain, of_memory_shift


def _sigmoid_back(slope: Tensor, sigmoid: Tensor) -> None:
    torch.ops.aten.sigmoid_backward.grad_input(slope, sigmoid, grad_input=slope)


def _tanh_back(slope: Tensor, tanh: Tensor) -> None:
    torch.ops.aten.tanh_backward.grad_input(slope, tanh, grad_input=slope)
