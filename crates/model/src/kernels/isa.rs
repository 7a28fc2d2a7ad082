//! Which vector instructions this processor has.

/// A set of instructions that this processor was seen to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Isa(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl Isa {
    /// What the compiler assumes anyway.
    pub const PORTABLE: Self = Self(Kind::Portable);

    /// AVX-512 with byte products (VNNI), where the processor has them.
    #[cfg(target_arch = "x86_64")]
    pub fn avx512() -> Option<Self> {
        let here = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vnni");
        here.then_some(Self(Kind::Avx512))
    }

    /// None on this architecture.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn avx512() -> Option<Self> {
        None
    }

    /// AVX2 with fused multiply-add and half floats, where the processor has them.
    #[cfg(target_arch = "x86_64")]
    pub fn avx2() -> Option<Self> {
        let here = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("f16c");
        here.then_some(Self(Kind::Avx2))
    }

    /// None on this architecture.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn avx2() -> Option<Self> {
        None
    }

    /// The best set here.
    pub fn best() -> Self {
        Self::avx512().or_else(Self::avx2).unwrap_or(Self::PORTABLE)
    }

    /// True when [`super::pack`]ed weights can be multiplied.
    pub fn has_products(self) -> bool {
        self != Self::PORTABLE
    }

    /// Name for the log.
    pub fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => "AVX-512 VNNI",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "AVX2",
            Kind::Portable => "portable",
        }
    }

    /// Compiles `work`, and what is inlined into it, with these instructions. Plain loops
    /// over [`super::LANES`] numbers become vector code so.
    #[inline]
    #[allow(unsafe_code)]
    pub fn run<R>(self, work: impl FnOnce() -> R) -> R {
        match self.0 {
            // SAFETY: a value of this kind is only made where the processor has them.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => unsafe { with_avx512(work) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => unsafe { with_avx2(work) },
            Kind::Portable => work(),
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,avx2,fma,f16c")]
fn with_avx512<R>(work: impl FnOnce() -> R) -> R {
    work()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,f16c")]
fn with_avx2<R>(work: impl FnOnce() -> R) -> R {
    work()
}
