//! The KV cache: what earlier tokens left for attention, in pages that forks share.

use std::sync::Arc;

use super::kernel::{LANES, Lane};
use crate::config::Config;

/// Positions of a page.
pub(super) const PAGE: usize = 64;

/// Keys and values of every layer. A clone shares all pages; a page is copied when one side writes to it.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    layers: Vec<Vec<Arc<Page>>>,
    len: usize,
    heads: usize,
    head_dim: usize,
}

/// Keys and values of [`PAGE`] positions of one layer.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// By head, then by group of [`LANES`] positions, then by component: one number for each position.
    keys: Vec<Lane>,
    /// By head, then by position: the components, padded to whole lanes.
    values: Vec<Lane>,
}

impl Cache {
    pub(super) fn new(config: &Config) -> Self {
        let (heads, head_dim) = (config.num_kv_heads, config.head_dim);
        Self { layers: vec![Vec::new(); config.num_layers], len: 0, heads, head_dim }
    }

    /// Positions that were seen.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Declares positions below `len` seen, after all layers were appended to, or forgets those from there on.
    pub(super) fn set_len(&mut self, len: usize) {
        self.len = len;
        for pages in &mut self.layers {
            pages.truncate(len.div_ceil(PAGE));
        }
    }

    /// Stores key and value of one head at a position; positions come in order.
    pub(super) fn put(
        &mut self,
        layer: usize,
        head: usize,
        position: usize,
        key: &[f32],
        value: &[f32],
    ) {
        let Self { layers, heads, head_dim, .. } = self;
        let pages = &mut layers[layer];
        if pages.len() <= position / PAGE {
            pages.push(Arc::new(Page::new(*heads, *head_dim)));
        }
        let page = Arc::make_mut(&mut pages[position / PAGE]);
        page.put(head, position % PAGE, key, value);
    }

    pub(super) fn pages(&self, layer: usize) -> &[Arc<Page>] {
        &self.layers[layer]
    }
}

impl Page {
    fn new(heads: usize, head_dim: usize) -> Self {
        let keys = vec![[0.0; LANES]; heads * head_dim * PAGE / LANES];
        let values = vec![[0.0; LANES]; heads * PAGE * head_dim.div_ceil(LANES)];
        Self { keys, values }
    }

    fn put(&mut self, head: usize, position: usize, key: &[f32], value: &[f32]) {
        let (group, lane) = (position / LANES, position % LANES);
        let keys = &mut self.keys[(head * PAGE / LANES + group) * key.len()..];
        for (column, component) in keys.iter_mut().zip(key) {
            column[lane] = *component;
        }
        let width = value.len().div_ceil(LANES);
        let values = &mut self.values[(head * PAGE + position) * width..][..width];
        for (lane, components) in values.iter_mut().zip(value.chunks(LANES)) {
            lane[..components.len()].copy_from_slice(components);
        }
    }

    /// The keys of a head by group of [`LANES`] positions: of each component, that of every position.
    pub(super) fn keys(&self, head: usize, head_dim: usize) -> impl Iterator<Item = &[Lane]> {
        let len = head_dim * PAGE / LANES;
        self.keys[head * len..][..len].chunks_exact(head_dim)
    }

    /// The values of a head, `width` lanes for each position.
    pub(super) fn values(&self, head: usize, width: usize) -> &[Lane] {
        &self.values[head * PAGE * width..][..PAGE * width]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> Cache {
        Cache { layers: vec![Vec::new()], len: 0, heads: 2, head_dim: 20 }
    }

    fn key(cache: &Cache, head: usize, position: usize, component: usize) -> f32 {
        let page = &cache.pages(0)[position / PAGE];
        page.keys(head, 20).nth(position % PAGE / LANES).unwrap()[component][position % LANES]
    }

    #[test]
    fn forks_share_pages_until_one_writes() {
        let mut cache = cache();
        for position in 0..70 {
            for head in 0..2 {
                let values: Vec<f32> =
                    (0..20).map(|i| (position * 100 + head * 50 + i) as f32).collect();
                cache.put(0, head, position, &values, &values);
            }
        }
        cache.set_len(70);
        let mut fork = cache.clone();
        fork.set_len(66);
        fork.put(0, 1, 66, &[-1.0; 20], &[-1.0; 20]);
        assert!(Arc::ptr_eq(&cache.pages(0)[0], &fork.pages(0)[0]));
        assert!(!Arc::ptr_eq(&cache.pages(0)[1], &fork.pages(0)[1]));
        assert_eq!((key(&cache, 1, 66, 3), key(&fork, 1, 66, 3)), (6653.0, -1.0));
        assert_eq!((key(&fork, 0, 65, 19), key(&fork, 0, 17, 0)), (6519.0, 1700.0));
        let values = fork.pages(0)[1].values(1, 2);
        assert_eq!((values[3][3], values[4][0]), (6569.0, -1.0));
        fork.set_len(64);
        assert_eq!(fork.pages(0).len(), 1);
    }
}
