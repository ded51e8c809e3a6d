/* ledger_bytes: what leaves and signed heads cover, byte by byte: all that whoever checks a proof needs. See
 * ledger.h. */
#include "service/ledger.h"

void ledger_hash(struct sv data, struct merkle_hash *out)
{
    struct sm3_hash h;
    sm3(data, &h);
    memcpy(out->b, h.b, MERKLE_HASH);
}

static void put_text(struct buf *out, struct sv s)
{
    buf_be(out, s.n, 4);
    buf_sv_add(out, s);
}

void ledger_canonical(const struct ledger_row *r, struct buf *out)
{
    buf_str(out, "yizheng act v1");
    buf_byte(out, 0);
    buf_be(out, (uint64_t)r->seq, 8);
    buf_be(out, (uint64_t)r->at, 8);
    buf_be(out, (uint64_t)(int64_t)r->effective_on, 8);
    buf_be(out, (uint64_t)r->actor_id, 8);
    buf_be(out, (uint64_t)r->case_id, 8);
    buf_be(out, (uint64_t)r->item_id, 8);
    put_text(out, r->actor_kind);
    put_text(out, r->department);
    put_text(out, r->act);
    put_text(out, r->body);
}

void ledger_head_to_sign(const struct tree_head_row *h, struct buf *out)
{
    buf_str(out, "yizheng tree head v1");
    buf_byte(out, 0);
    buf_be(out, (uint64_t)h->size, 8);
    buf_be(out, (uint64_t)h->at, 8);
    buf_add(out, h->root.b, SM3_SIZE);
}
