/* papers: what one licence costs as PDF, OFD and card, beside its bare layout. */
#ifndef YZ_BENCH_PAPERS_H
#define YZ_BENCH_PAPERS_H

/* Prints one row for each, medians of one thread with warm fonts. */
void bench_papers(void);

#endif
