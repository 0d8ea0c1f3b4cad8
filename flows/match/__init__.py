"""Articles to alignments, stories and variants.

`stage.match` is the way in. What the matcher keeps between runs, and what works over the whole archive, stands here;
`align` proves which passages of two articles are the same, `stories` gathers them, `collate` tells how copies differ.
"""
