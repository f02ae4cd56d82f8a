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

    /// How many processes there are.
    pub(crate) fn count(&self) -> usize {
        self.world
    }

    /// Whether this is the process that writes checkpoints.
    pub fn is_first(&self) -> bool {
        self.rank == 0
    }

    /// The sums of losses and gradients over all processes, which must be at the same step and have gradients for the same parameters.
    pub(crate) fn sum(
        &mut self,
        model: &Model,
        step: usize,
        loss: f64,
        gradients: Gradients,
    ) -> Result<(f64, Gradients)> {
        if self.world == 1 {
            return Ok((loss, gradients));
        }
        let lost = |source| Error::Peers {
            rank: self.rank,
            what: format!(
                "step {step} cannot be taken together; what was done is saved by rank 0: start all processes again to resume, each with rank 0's checkpoints"
            ),
            source,
        };
        let names: Vec<String> = gradients.iter().map(|(name, _)| name.clone()).collect();
        let sizes: Vec<usize> = gradients.iter().map(|(_, tensor)| tensor.dims()[0]).collect();
        let mut flat: Vec<f32> = Vec::with_capacity(sizes.iter().sum());
        for (_, gradient) in gradients.iter() {
            flat.extend(gradient.to_data().iter::<f32>());
        }
        let head = Head { count: flat.len() as u64, step: step as u64, loss };
        let loss = exchange(self.rank, &mut self.streams, head, &mut flat).map_err(lost)?;
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

/// What a message begins with; as many values follow.
#[derive(Clone, Copy)]
struct Head {
    count: u64,
    step: u64,
    loss: f64,
}

impl Head {
    const BYTES: usize = 24;

    /// The message.
    fn with(self, values: &[f32]) -> Vec<u8> {
        let head = [self.count.to_le_bytes(), self.step.to_le_bytes(), self.loss.to_le_bytes()];
        let mut message = head.concat();
        message.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        message
    }

    /// The loss and the values of another process's message, which must be of as many values and the same step.
    fn receive(self, stream: &mut TcpStream) -> io::Result<(f64, Vec<f32>)> {
        let mut head = [0; Self::BYTES];
        stream.read_exact(&mut head)?;
        let number = |at: usize| u64::from_le_bytes(part(&head[at..at + 8]));
        let other = |what: String| Err(io::Error::new(io::ErrorKind::InvalidData, what));
        if number(0) != self.count {
            return other("the processes do not train the same parameters".to_owned());
        }
        if number(8) != self.step {
            return other(format!("another process is at step {}", number(8)));
        }
        let mut bytes = vec![0; 4 * self.count as usize];
        stream.read_exact(&mut bytes)?;
        let values = bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes(part(bytes))).collect();
        Ok((f64::from_bits(number(16)), values))
    }
}

/// Replaces the values by their sums over all processes, and returns that of the losses.
fn exchange(
    rank: usize,
    streams: &mut [TcpStream],
    mut head: Head,
    values: &mut [f32],
) -> io::Result<f64> {
    if rank == 0 {
        for stream in &mut *streams {
            let (loss, theirs) = head.receive(stream)?;
            head.loss += loss;
            values.iter_mut().zip(theirs).for_each(|(sum, value)| *sum += value);
        }
        let message = head.with(values);
        streams.iter_mut().try_for_each(|stream| stream.write_all(&message))?;
        return Ok(head.loss);
    }
    streams[0].write_all(&head.with(values))?;
    let (loss, sums) = head.receive(&mut streams[0])?;
    values.copy_from_slice(&sums);
    Ok(loss)
}

fn part<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("the slice has this length")
}
