//! From a [`Model`] to a folder that Hugging Face and this crate can load.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::path::Path;

use ::safetensors::{Dtype, View, serialize_to_file};
use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{DType, Tensor};

use super::{Model, linear};
use crate::error::{Error, Result};
use crate::replace::replace;
use crate::rope::RopeScaling;

impl Model {
    /// Writes `config.json` and `model.safetensors`, one tensor at a time, each in the float type the model has it in. An adapter is not written:
    /// see [`merged`](Self::merged) and [`adapter`](Self::adapter). Each file is written under another name and then renamed.
    ///
    /// # Errors
    ///
    /// [`Error::Write`], and [`Error::Config`] where `config.json` has no words for how the model stretches its rotary frequencies: those
    /// that a GGUF file has as divisors. Nothing is written then.
    pub fn save(&self, folder: &Path) -> Result<()> {
        let config = folder.join("config.json");
        if matches!(self.config().rope_scaling, RopeScaling::Divisors(_)) {
            let what = "cannot say one divisor a frequency: load the model from its Hugging Face folder, not from a GGUF file";
            return Err(Error::config(&config, "rope_scaling", what));
        }
        std::fs::create_dir_all(folder).map_err(|e| Error::write(folder, e))?;
        let mut stored = Collect::default();
        self.visit(&mut stored);
        let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
        replace(&folder.join("model.safetensors"), |file| {
            serialize_to_file(stored.tensors, Some(metadata), file).map_err(io::Error::other)
        })?;
        let dtype = if stored.dtype == Some(Dtype::BF16) { "bfloat16" } else { "float32" };
        replace(&config, |file| std::fs::write(file, self.config().to_json(dtype)))
    }
}

#[derive(Default)]
struct Collect {
    path: Vec<String>,
    tensors: Vec<(String, Stored)>,
    dtype: Option<Dtype>,
}

/// A tensor that is fetched from the device when it is written.
struct Stored {
    flat: Tensor<1>,
    shape: Vec<usize>,
    dtype: Dtype,
}

impl ModuleVisitor for Collect {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if self.path.iter().any(|name| name == "adapter") {
            return;
        }
        let value = linear::dense(param.val());
        let shape = value.shape().to_vec();
        let dtype = float_type(value.dtype());
        self.dtype = Some(dtype);
        let stored = Stored { flat: value.reshape([-1]), shape, dtype };
        self.tensors.push((hugging_face_name(&self.path), stored));
    }
}

fn float_type(dtype: DType) -> Dtype {
    match dtype {
        DType::BF16 => Dtype::BF16,
        DType::F16 => Dtype::F16,
        _ => Dtype::F32,
    }
}

/// The name of a parameter in Hugging Face checkpoints.
fn hugging_face_name(path: &[String]) -> String {
    let name = path.join(".").replace(".gamma", ".weight");
    match name.as_str() {
        "embed_tokens" => "model.embed_tokens.weight".to_owned(),
        "lm_head.weight" => name,
        _ => format!("model.{name}"),
    }
}

impl View for Stored {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Owned(self.flat.to_data().as_bytes().to_vec())
    }

    fn data_len(&self) -> usize {
        self.shape.iter().product::<usize>() * self.dtype.bitsize() / 8
    }
}
