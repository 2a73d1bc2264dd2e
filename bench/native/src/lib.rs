//! Only benchmarks live here.
