//! Opens a GGUF file and checks it before any of it is trusted: magic, table of contents,
//! and that every tensor lies within the file. A bad file is one clear sentence
//! ([`ModelError`]), never a panic half way through loading.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use candle_core::Device;
use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use fs_err::File;

use crate::ModelError;
use crate::kernels::pack::{Format, Packed};
use crate::kernels::product::Matrix;
use crate::kernels::{LANES, Machine};

/// Bytes of a matrix that are read before they are packed.
const PIECE: usize = 4 << 20;

/// An open GGUF file.
pub struct Gguf {
    path: PathBuf,
    content: Content,
    reader: BufReader<File>,
}

impl Gguf {
    /// Opens and checks a file; reads the table of contents, not the weights.
    pub fn open(path: &Path) -> Result<Self, ModelError> {
        let file = File::open(path).map_err(ModelError::io(path))?;
        let size = file.metadata().map_err(ModelError::io(path))?.len();
        let mut reader = BufReader::new(file);
        let mut magic = [0u8; 4];
        if reader.read_exact(&mut magic).is_err() || &magic != b"GGUF" {
            return Err(ModelError::NotGguf(path.to_owned()));
        }
        reader.rewind().map_err(ModelError::io(path))?;
        let content = read_contents(&mut reader).map_err(|reason| ModelError::Damaged {
            path: path.to_owned(),
            reason,
        })?;
        let gguf = Self {
            path: path.to_owned(),
            content,
            reader,
        };
        gguf.check_size(size)?;
        Ok(gguf)
    }

    fn check_size(&self, actual: u64) -> Result<(), ModelError> {
        let damaged = |name: &str| ModelError::Damaged {
            path: self.path.clone(),
            reason: format!("tensor \"{name}\" has an impossible size"),
        };
        let mut expected = self.content.tensor_data_offset;
        for (name, info) in &self.content.tensor_infos {
            let elements = info
                .shape
                .dims()
                .iter()
                .try_fold(1usize, |product, &dim| product.checked_mul(dim));
            let end = elements
                .map(|n| n / info.ggml_dtype.block_size())
                .and_then(|blocks| blocks.checked_mul(info.ggml_dtype.type_size()))
                .and_then(|bytes| self.content.tensor_data_offset.checked_add(bytes as u64))
                .and_then(|end| end.checked_add(info.offset))
                .ok_or_else(|| damaged(name))?;
            expected = expected.max(end);
        }
        if expected > actual {
            return Err(ModelError::Truncated {
                path: self.path.clone(),
                expected,
                actual,
            });
        }
        Ok(())
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The table of contents, for candle's own readers.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// The architecture's name, such as `qwen2`.
    pub fn architecture(&self) -> Result<String, ModelError> {
        self.text("general.architecture")
            .map(str::to_owned)
            .ok_or_else(|| self.lacks("general.architecture"))
    }

    /// A text of the metadata.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.content.metadata.get(key) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// A whole number of the metadata, whatever its width.
    pub fn number(&self, key: &str) -> Option<usize> {
        match *self.content.metadata.get(key)? {
            Value::U8(n) => Some(n.into()),
            Value::U16(n) => Some(n.into()),
            Value::U32(n) => usize::try_from(n).ok(),
            Value::U64(n) => usize::try_from(n).ok(),
            Value::I8(n) => usize::try_from(n).ok(),
            Value::I16(n) => usize::try_from(n).ok(),
            Value::I32(n) => usize::try_from(n).ok(),
            Value::I64(n) => usize::try_from(n).ok(),
            _ => None,
        }
    }

    /// A whole number above zero that the model cannot run without.
    pub fn need_number(&self, key: &str) -> Result<usize, ModelError> {
        self.number(key)
            .filter(|&n| n > 0)
            .ok_or_else(|| self.lacks(key))
    }

    /// A fraction of the metadata.
    pub fn fraction(&self, key: &str) -> Option<f64> {
        match *self.content.metadata.get(key)? {
            Value::F32(x) => Some(x.into()),
            Value::F64(x) => Some(x),
            _ => None,
        }
    }

    /// The error for a metadata value that is not there.
    pub fn lacks(&self, key: &str) -> ModelError {
        ModelError::Metadata {
            path: self.path.clone(),
            key: key.to_owned(),
        }
    }

    /// True when the file holds a tensor of that name.
    pub fn has_tensor(&self, name: &str) -> bool {
        self.content.tensor_infos.contains_key(name)
    }

    /// Rows of a matrix, where the file has it.
    pub fn rows(&self, name: &str) -> Option<usize> {
        let info = self.content.tensor_infos.get(name)?;
        info.shape.dims().first().copied()
    }

    /// Where a tensor of that name and shape lies.
    fn find(&self, name: &str, shape: &[usize]) -> Result<(GgmlDType, u64), ModelError> {
        let Some(info) = self.content.tensor_infos.get(name) else {
            return Err(ModelError::MissingTensor {
                path: self.path.clone(),
                name: name.to_owned(),
            });
        };
        if info.shape.dims() != shape {
            return Err(ModelError::TensorShape {
                path: self.path.clone(),
                name: name.to_owned(),
                actual: info.shape.dims().to_vec(),
                expected: shape.to_vec(),
            });
        }
        let start = self.content.tensor_data_offset + info.offset;
        Ok((info.ggml_dtype, start))
    }

    /// Reads a tensor, in its own quantisation, and checks its shape.
    pub fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<QTensor, ModelError> {
        self.find(name, shape)?;
        self.content
            .tensor(&mut self.reader, name, &Device::Cpu)
            .map_err(|error| ModelError::Damaged {
                path: self.path.clone(),
                reason: plain(&error),
            })
    }

    /// Reads a matrix in the form that products want. One of a packed format is packed
    /// piece by piece, so that its bytes are never held twice.
    pub fn matrix(
        &mut self,
        machine: &mut Machine,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Matrix, ModelError> {
        let (dtype, start) = self.find(name, &[rows, columns])?;
        let format = match dtype {
            GgmlDType::Q4K => Some(Format::Q4K),
            GgmlDType::Q6K => Some(Format::Q6K),
            _ => None,
        };
        let format = format.filter(|_| machine.isa.has_products());
        if let Some(mut packed) = format.and_then(|f| Packed::new(f, rows, columns)) {
            self.pack(machine, start, &mut packed)
                .map_err(ModelError::io(&self.path))?;
            return Ok(Matrix::Packed(packed));
        }
        let tensor = self.tensor(name, &[rows, columns])?;
        Matrix::candle(tensor).map_err(|error| ModelError::Damaged {
            path: self.path.clone(),
            reason: plain(&error),
        })
    }

    fn pack(
        &mut self,
        machine: &mut Machine,
        start: u64,
        packed: &mut Packed,
    ) -> std::io::Result<()> {
        self.reader.seek(SeekFrom::Start(start))?;
        let (format, row_bytes) = (packed.format(), packed.row_bytes());
        let stripe_lines = packed.stripe_lines();
        let rows_at_once = (PIECE / row_bytes).next_multiple_of(LANES);
        let mut bytes = Vec::new();
        for first in (0..packed.rows()).step_by(rows_at_once) {
            let count = rows_at_once.min(packed.rows() - first);
            bytes.resize(count * row_bytes, 0);
            self.reader.read_exact(&mut bytes)?;
            let bytes = &bytes;
            let stripes = packed.stripes_mut(first / LANES);
            let stripes = &mut stripes[..count.div_ceil(LANES) * stripe_lines];
            machine.pool.chunks(stripes, stripe_lines, |at, stripe| {
                let from = at * LANES * row_bytes;
                let to = bytes.len().min(from + LANES * row_bytes);
                Packed::pack_stripe(format, row_bytes, &bytes[from..to], stripe);
            });
        }
        Ok(())
    }
}

/// candle 0.11.1 divides by `general.alignment` without looking, so a file that says 0
/// panics inside the reader; the guard turns that, and anything like it, into an error.
fn read_contents(reader: &mut BufReader<File>) -> Result<Content, String> {
    let read = std::panic::AssertUnwindSafe(|| Content::read(reader));
    match std::panic::catch_unwind(read) {
        Ok(Ok(content)) => Ok(content),
        Ok(Err(error)) => Err(plain(&error)),
        Err(_) => Err("its table of contents cannot be read".to_owned()),
    }
}

/// The first line of a candle error: the rest is a stack trace.
pub(crate) fn plain(error: &candle_core::Error) -> String {
    error
        .to_string()
        .lines()
        .next()
        .unwrap_or("unknown error")
        .to_owned()
}
