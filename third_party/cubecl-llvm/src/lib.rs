//! Stands in for `cubecl-llvm` 0.11.3, whose build script downloads an LLVM build from outside the package registries.
//!
//! cubecl-cuda always compiles both of its compilers, CUDA C++ (through NVRTC) and LLVM, and runs the one that its feature `cpp`
//! selects. fixwright selects CUDA C++, so LLVM is named but never called: this crate has the names, and an error for the call.
//! docs/decisions/cuda-build.md has the whole story.

use cubecl_core::ir::nvidia::SmArch;
use cubecl_core::prelude::KernelDefinition;
use cubecl_server::compiler::CompilationError;
use cubecl_server::kernel::BufferIOAttr;

/// PTX versions, of which none is ever asked for.
pub mod nvptx {
    /// See the module it stands in for.
    pub mod ptx_version {
        use std::fmt;

        /// A PTX version; there is none.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum PtxVersion {}

        impl PtxVersion {
            /// The version for a driver: left to NVRTC.
            pub fn for_driver(_: i32) -> Option<Self> {
                None
            }
        }

        impl fmt::Display for PtxVersion {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                match *self {}
            }
        }
    }
}

/// Device features, which the LLVM backend would narrow.
pub mod shared {
    /// See the module it stands in for.
    pub mod lowered_features {
        use cubecl_core::ir::DeviceProperties;

        /// The GPU families of the LLVM backend.
        #[derive(Clone, Copy, Debug)]
        pub enum GpuTarget {
            /// NVIDIA.
            Nvptx,
        }

        /// Narrows nothing: called for the LLVM backend only.
        pub fn restrict_features(_: &mut DeviceProperties, _: GpuTarget) {}
    }
}

/// The targets of the LLVM backend.
#[derive(Clone, Copy, Debug)]
pub enum LlvmTarget {
    /// NVIDIA.
    Nvptx,
}

/// The LLVM backend's compiler, which refuses.
#[derive(Clone, Debug)]
pub struct PlironCompiler {
    /// What to compile for.
    pub target: LlvmTarget,
}

impl PlironCompiler {
    /// Refuses.
    pub fn compile(&mut self, _: KernelDefinition, _: &PlironOptions) -> Result<PlironArtifact, CompilationError> {
        Err(CompilationError::Generic {
            reason: "this build has no LLVM: select the CUDA C++ compiler with cubecl-cuda's feature `cpp`".to_owned(),
            backtrace: Default::default(),
        })
    }

    /// The language of the kernels.
    pub fn lang_tag(&self) -> &'static str {
        "llvm"
    }
}

/// Options of the LLVM backend.
#[derive(Clone, Debug, Default)]
pub struct PlironOptions {
    /// AMD architecture.
    pub arch: Option<()>,
    /// NVIDIA architecture.
    pub sm_arch: Option<SmArch>,
    /// PTX version.
    pub ptx_version: Option<nvptx::ptx_version::PtxVersion>,
    /// How launch parameters are passed.
    pub grid_constants: bool,
}

/// What the LLVM backend would compile to.
#[derive(Clone)]
pub enum PlironArtifact {
    /// NVIDIA code.
    NvptxCode(NvptxModule),
}

/// NVIDIA code.
#[derive(Clone, Debug)]
pub struct NvptxModule {
    /// PTX assembly, ending in NUL.
    pub ptx: Vec<core::ffi::c_char>,
    /// Name of the kernel.
    pub entrypoint: String,
    /// LLVM assembly.
    pub ir: String,
    /// Bytes of shared memory a launch needs.
    pub shared_memory_size: usize,
    /// How each buffer is used.
    pub io: Vec<BufferIOAttr>,
}
