//! Where a model runs, by name.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

/// Where a model runs. As text: `cpu`, `cuda`, `cuda:1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Device {
    /// The processor.
    #[default]
    Cpu,
    /// The NVIDIA GPU of this index; needs the crate feature `cuda`, and at run time a driver, NVRTC and the CUDA headers.
    Cuda(usize),
}

impl Device {
    /// The burn device.
    ///
    /// # Errors
    ///
    /// [`Error::Device`] if it is not there, or this build cannot use it.
    pub fn open(self) -> Result<burn::tensor::Device> {
        match self {
            Self::Cpu => Ok(burn::tensor::Device::flex()),
            Self::Cuda(index) => {
                cuda(index).map_err(|what| Error::Device { device: self.to_string(), what })
            }
        }
    }

    /// The burn device, with tensors that are made on it in bfloat16 unless they say otherwise.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open); [`Error::Device`] too if it has no such type, or was used with another one.
    pub fn open_in_bf16(self) -> Result<burn::tensor::Device> {
        let mut device = self.open()?;
        let types = (burn::tensor::FloatDType::BF16, burn::tensor::IntDType::I32);
        device.configure(types).map_err(|e| Error::Device {
            device: self.to_string(),
            what: format!("cannot compute in bf16: {e}"),
        })?;
        Ok(device)
    }
}

#[cfg(feature = "cuda")]
fn cuda(index: usize) -> Result<burn::tensor::Device, String> {
    use burn::tensor::{Device, DeviceType};
    // Asking burn for a device that is not there panics in one of its threads; counting them does not.
    match Device::enumerate(DeviceType::Cuda).into_vec().len() {
        0 => Err("there is no CUDA GPU: is the NVIDIA driver (libcuda.so.1) installed?".to_owned()),
        count if index >= count => {
            Err(format!("there are {count} GPUs, the last is cuda:{}", count - 1))
        }
        _ => Ok(Device::cuda(index)),
    }
}

#[cfg(not(feature = "cuda"))]
fn cuda(_: usize) -> Result<burn::tensor::Device, String> {
    Err("this build has no CUDA: build with the feature `cuda`".to_owned())
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(index) => write!(f, "cuda:{index}"),
        }
    }
}

impl FromStr for Device {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let unknown = || Error::Device {
            device: text.to_owned(),
            what: "is not one of cpu, cuda, cuda:INDEX".to_owned(),
        };
        match text.split_once(':') {
            None if text == "cpu" => Ok(Self::Cpu),
            None if text == "cuda" => Ok(Self::Cuda(0)),
            Some(("cuda", index)) => index.parse().map(Self::Cuda).map_err(|_| unknown()),
            _ => Err(unknown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for (text, device) in
            [("cpu", Device::Cpu), ("cuda", Device::Cuda(0)), ("cuda:3", Device::Cuda(3))]
        {
            assert_eq!(text.parse::<Device>().unwrap(), device);
            assert_eq!(device.to_string().parse::<Device>().unwrap(), device);
        }
        for text in ["", "gpu", "cuda:", "cuda:-1", "cpu:0"] {
            assert!(
                text.parse::<Device>().unwrap_err().to_string().contains("cuda:INDEX"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_gpu_that_is_not_there_is_an_error() {
        let error = Device::Cuda(4096).open().unwrap_err().to_string();
        assert!(error.starts_with("device cuda:4096: "), "{error}");
    }
}
