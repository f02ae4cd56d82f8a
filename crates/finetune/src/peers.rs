//! Several processes that train one model, each on its share of every step.
//!
//! Every process has the whole model and takes every `world`-th batch of a step. The gradients are sent to the first process, which adds them up
//! in the order of the ranks and sends the sum back, so all take the same step and stay equal bit for bit. One connection a process is
//! enough: the gradients of an adapter are a few megabytes.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use burn::tensor::{DType, Tensor, TensorData};
use fixwright_llama::model::Model;

use crate::error::{Error, Result};
use crate::gradients::Gradients;

/// How long the processes wait for each other at the start.
const PATIENCE: Duration = Duration::from_secs(300);
/// What a process says first; followed by its rank and the number of processes.
const GREETING: &[u8; 8] = b"fixwrit1";

/// The processes of a run, as one of them sees them.
#[derive(Debug)]
pub struct Peers {
    rank: usize,
    world: usize,
    /// To the first process; at the first, to every other one in the order of their ranks.
    streams: Vec<TcpStream>,
}

impl Peers {
    /// A run of one process.
    pub fn alone() -> Self {
        Self { rank: 0, world: 1, streams: Vec::new() }
    }

    /// Meets the other processes: rank 0 listens at `address`, the others connect to it. Waits up to five minutes. The network must be one
    /// that can be trusted: whoever connects first is believed.
    ///
    /// # Errors
    ///
    /// [`Error::Option`] if there is no such rank, [`Error::Peers`] if not all of them come.
    pub fn meet(rank: usize, world: usize, address: impl ToSocketAddrs) -> Result<Self> {
        if rank >= world {
            return Err(Error::Option { name: "rank", expected: format!("below {world}") });
        }
        let met = if rank == 0 { gather(world, address) } else { join(rank, world, address) };
        match met {
            Ok(streams) => Ok(Self { rank, world, streams }),
            Err(source) => Err(Error::Peers {
                rank,
                what: format!("the {world} processes did not meet"),
                source,
            }),
        }
    }

    /// Whether this process takes the batch of this index.
    pub(crate) fn takes(&self, batch: usize) -> bool {
        batch % self.world == self.rank
    }

    /// Whether this is the process that writes checkpoints.
    pub fn is_first(&self) -> bool {
        self.rank == 0
    }

    /// The sums of losses and gradients over all processes, which must have gradients for the same parameters.
    pub(crate) fn sum(
        &mut self,
        model: &Model,
        loss: f64,
        gradients: Gradients,
    ) -> Result<(f64, Gradients)> {
        if self.world == 1 {
            return Ok((loss, gradients));
        }
        let lost = |source| Error::Peers {
            rank: self.rank,
            what: "another process is gone: start all of them again with --resume".to_owned(),
            source,
        };
        let names: Vec<String> = gradients.iter().map(|(name, _)| name.clone()).collect();
        let sizes: Vec<usize> = gradients.iter().map(|(_, tensor)| tensor.dims()[0]).collect();
        let mut flat: Vec<f32> = Vec::with_capacity(sizes.iter().sum());
        for (_, gradient) in gradients.iter() {
            flat.extend(gradient.to_data().iter::<f32>());
        }
        let loss = exchange(self.rank, &mut self.streams, loss, &mut flat).map_err(lost)?;
        let mut rest = flat.as_slice();
        let mut summed = Gradients::default();
        for (name, size) in names.into_iter().zip(sizes) {
            let (values, others) = rest.split_at(size);
            rest = others;
            let data = TensorData::new(values.to_vec(), [size]);
            summed.add(name, Tensor::from_data(data, (&model.device(), DType::F32)));
        }
        Ok((loss, summed))
    }
}

fn gather(world: usize, address: impl ToSocketAddrs) -> io::Result<Vec<TcpStream>> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let mut streams: Vec<Option<TcpStream>> = (1..world).map(|_| None).collect();
    let start = Instant::now();
    while streams.iter().any(Option::is_none) {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false)?;
                if let Some(rank) = greeted(&stream, world) {
                    streams[rank - 1] = Some(stream);
                }
            }
            Err(e) if e.kind() == io::ErrorKind::WouldBlock && start.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(e) => return Err(e),
        }
    }
    Ok(streams.into_iter().flatten().collect())
}

/// The rank that a process says it has; none if it is no process of this run.
fn greeted(mut stream: &TcpStream, world: usize) -> Option<usize> {
    let mut hello = [0; 24];
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    stream.read_exact(&mut hello).ok()?;
    stream.set_read_timeout(None).ok()?;
    stream.set_nodelay(true).ok()?;
    let number = |bytes: &[u8]| u64::from_le_bytes(part(bytes)) as usize;
    let (rank, of) = (number(&hello[8..16]), number(&hello[16..]));
    (hello.starts_with(GREETING) && of == world && (1..world).contains(&rank)).then_some(rank)
}

fn join(rank: usize, world: usize, address: impl ToSocketAddrs) -> io::Result<Vec<TcpStream>> {
    let start = Instant::now();
    loop {
        match TcpStream::connect(&address) {
            Ok(mut stream) => {
                stream.set_nodelay(true)?;
                let numbers = [rank as u64, world as u64].map(u64::to_le_bytes).concat();
                stream.write_all(&[GREETING.as_slice(), &numbers].concat())?;
                return Ok(vec![stream]);
            }
            Err(e) if start.elapsed() >= PATIENCE => return Err(e),
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// Replaces the loss and the values by their sums over all processes.
fn exchange(
    rank: usize,
    streams: &mut [TcpStream],
    mut loss: f64,
    values: &mut [f32],
) -> io::Result<f64> {
    let mut buffer = vec![0; 16 + 4 * values.len()];
    if rank == 0 {
        for stream in &mut *streams {
            receive(stream, &mut buffer, values.len())?;
            loss += f64::from_le_bytes(part(&buffer[8..16]));
            let theirs = buffer[16..].chunks_exact(4).map(|b| f32::from_le_bytes(part(b)));
            values.iter_mut().zip(theirs).for_each(|(sum, value)| *sum += value);
        }
        fill(&mut buffer, loss, values);
        streams.iter_mut().try_for_each(|stream| stream.write_all(&buffer))?;
    } else {
        fill(&mut buffer, loss, values);
        streams[0].write_all(&buffer)?;
        receive(&mut streams[0], &mut buffer, values.len())?;
        loss = f64::from_le_bytes(part(&buffer[8..16]));
        let sums = buffer[16..].chunks_exact(4).map(|b| f32::from_le_bytes(part(b)));
        values.iter_mut().zip(sums).for_each(|(value, sum)| *value = sum);
    }
    Ok(loss)
}

fn fill(buffer: &mut [u8], loss: f64, values: &[f32]) {
    buffer[..8].copy_from_slice(&(values.len() as u64).to_le_bytes());
    buffer[8..16].copy_from_slice(&loss.to_le_bytes());
    let slots = buffer[16..].chunks_exact_mut(4);
    slots.zip(values).for_each(|(slot, value)| slot.copy_from_slice(&value.to_le_bytes()));
}

/// Reads a message, which must be of so many values.
fn receive(stream: &mut TcpStream, buffer: &mut [u8], count: usize) -> io::Result<()> {
    stream.read_exact(&mut buffer[..8])?;
    if u64::from_le_bytes(part(&buffer[..8])) != count as u64 {
        let what = "the processes do not train the same parameters";
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    stream.read_exact(&mut buffer[8..])
}

fn part<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("the slice has this length")
}
