/* check: private to this folder. */
#ifndef YZ_DOMAIN_CATALOG_CHECK_H
#define YZ_DOMAIN_CATALOG_CHECK_H

#include "domain/catalog/load.h"

/* One industry and its guide, every combination of answers: check_guide.c. */
void check_industry(struct load *l, const struct at *at, const struct industry *i);

#endif
