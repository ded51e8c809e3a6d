/* search_text: how names, addresses and what people type are made comparable. Pure.
 *
 * Chinese is written without spaces, so text is found by its pairs of neighbouring characters
 * (bigrams): "乌海火锅" by 乌海, 海火, 火锅. Before that it is normalised: full-width letters and digits
 * become ordinary ones, capitals small ones, spaces, brackets and all punctuation go away, 〇 has one
 * form. Whoever leaves out a bracket or types a wrong character still finds: most pairs are enough.
 */
#ifndef YZ_DOMAIN_LICENCE_SEARCH_TEXT_H
#define YZ_DOMAIN_LICENCE_SEARCH_TEXT_H

#include "base/arena.h"
#include "base/buf.h"

enum { SEARCH_GRAMS_MAX = 64 }; /* of a query; it has few words more */

/* text normalised and appended to out; each run of what is left out becomes `gap` (0: nothing). text is UTF-8. */
void search_normal(struct sv text, unsigned char gap, struct buf *out);

/* Pairs of neighbouring characters of a word, or of words separated by spaces (no pair across);
 * each once, in order of first use. Slices of words. At most max; the number. */
size_t search_grams(struct sv words, struct sv *out, size_t max);

/* How many of grams stand in normal, a text normalised without gaps. */
size_t search_found(struct sv normal, const struct sv *grams, size_t n);

/* How many of n pairs must be found for a similar text: seven in ten, and one mistaken character (two pairs)
 * is forgiven from four pairs on; 0 = n is too few to say that anything is similar. */
size_t search_enough(size_t n);

/* What somebody typed. */
struct search_query {
    struct sv words; /* normalised, separated by spaces; on the arena */
    struct sv grams[SEARCH_GRAMS_MAX];
    size_t n;
    struct sv code;  /* a number or code (letters and digits with a digit among six or more), in capitals; "" none */
};
/* False when there is nothing to look for: less than two characters together. */
bool search_read(struct sv typed, struct arena *a, struct search_query *out);

#endif
