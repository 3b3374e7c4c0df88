"""Weights of the confidence (data, written by ``benchmarks/next_edit/fit.py`` on the tuning set)."""

BIAS = -3.2864
WEIGHTS = (
    0.2099,  # one
    -0.8229,  # template
    0.0685,  # inside
    -0.2132,  # support2
    0.1777,  # support3
    0.7344,  # left
    0.7878,  # right
    -0.9034,  # missing
    1.3677,  # left full
    0.8368,  # right full
    0.6579,  # weak
    -1.1493,  # words
    2.8395,  # long
    0.5473,  # whole
    -1.0653,  # places
    -1.1879,  # skipped
    -0.8883,  # far back
    -0.6488,  # other file
    -1.1094,  # insertion
    0.3137,  # deletion
    1.7925,  # rename
    -2.5654,  # old defined
    0.4864,  # new defined
    -1.6508,  # several lines
    -1.5400,  # one x left
    -0.9440,  # one x right
    -0.3262,  # one x rename
    -1.0207,  # string
    -1.0597,  # comment
    0.4389,  # one x whole
    -0.5950,  # skipped share
    0.3872,  # near
    2.1153,  # alike
    -0.6664,  # alike2
    0.6203,  # same line
    0.4008,  # done share
    0.3217,  # indent
    -0.2520,  # old kept
    -0.6846,  # number
    -0.4460,  # keyword
    0.4953,  # rivals
    0.5231,  # bare
)
