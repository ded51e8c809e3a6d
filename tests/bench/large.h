/* large: how the catalogue's size is felt: loading and asking one of 300 industries, 800 permits. */
#ifndef YZ_BENCH_LARGE_H
#define YZ_BENCH_LARGE_H

void bench_large_catalog(void);

#endif
