#!/usr/bin/env python3
"""Prints the coefficients of crates/model/src/encoder/gelu.rs, and how far they are off.

    tools/fit-gelu.py

erf(x) is x times a polynomial in x² for |x| up to 3.6, where it is 1 in F32 but for 4e-7.
Least squares on Chebyshev nodes, weighted by x so that the error of the product is what is
small. Needs numpy.
"""

from math import erf, pi, sqrt

import numpy as np
from numpy.polynomial import chebyshev

MOST, DEGREE = 3.6, 12

nodes = np.cos(np.pi * (np.arange(4000) + 0.5) / 4000)
x = MOST * np.sqrt((nodes + 1) / 2)
ratio = [erf(v) / v if v > 1e-9 else 2 / sqrt(pi) for v in x]
fitted = chebyshev.cheb2poly(chebyshev.chebfit(nodes, ratio, DEGREE, w=x + 0.05))
fitted = fitted.astype(np.float32)
print(",\n".join(f"{v:.9}" for v in fitted))

x = np.linspace(-6, 6, 200_001).astype(np.float32)
cut = np.clip(x, -MOST, MOST).astype(np.float32)
t = cut * cut * np.float32(2 / MOST**2) - np.float32(1)
product = np.zeros_like(t)
for coefficient in fitted[::-1]:
    product = product * t + coefficient
approximate = np.clip(cut * product, -1, 1)
exact = np.array([erf(float(v)) for v in x])
print("furthest off: erf", abs(approximate - exact).max(), "gelu", abs(x * (approximate - exact) / 2).max())
