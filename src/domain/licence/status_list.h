/* status_list: which permits and licence versions are no longer in force, one bit each (R7.6).
 *
 * The shape is W3C Bitstring Status List v1.0: bit i of a list is byte i >> 3, mask 0x80 >> (i & 7);
 * a list travels as "u" || base64url without padding of GZIP(bits). 1 = no longer in force, for ever
 * (statusPurpose "revocation"): a bit that was set is never cleared, a number never used again.
 *
 * Permits and licence versions have their numbers from one space, in an order that tells nothing of
 * their holders (service/status_index.c). Number n is bit n % STATUS_LIST_SIZE of list
 * n / STATUS_LIST_SIZE. Pure; docs/status-list.md.
 */
#ifndef YZ_DOMAIN_LICENCE_STATUS_LIST_H
#define YZ_DOMAIN_LICENCE_STATUS_LIST_H

#include "base/buf.h"
#include "base/err.h"

enum {
    STATUS_LIST_SIZE = 1 << 20,                     /* bits of one list */
    STATUS_LIST_BYTES = STATUS_LIST_SIZE / 8,
    STATUS_MIN_BYTES = 131072 / 8,                  /* the least a verifier takes */
    STATUS_MAX_BYTES = 1 << 20,                     /* the most: of lists from elsewhere, too */
    STATUS_MAX_TEXT = 2 << 20,                      /* of encodedList */
    STATUS_LISTS_MAX = 1 << 16,
};

int64_t status_list_of(int64_t index);

/* index counts within the list; false outside of it. */
bool status_bit(struct sv bits, int64_t index);
void status_set(unsigned char *bits, size_t n_bytes, int64_t index);

/* encodedList of these bits. */
int status_encode(struct sv bits, struct buf *out, struct err *e);
/* The bits of an encodedList, on a: STATUS_MIN_BYTES to STATUS_MAX_BYTES. ERR_INVALID for anything
 * that a writer would not write: other letters, padding, loose bits, bytes behind the stream. */
int status_decode(struct sv encoded, struct arena *a, struct sv *bits, struct err *e);

#endif
