/* ofd_sign: one electronic seal over a whole OFD, GB/T 33190 chapter 18.
 *
 * Signature.xml holds the digest of every file; Signatures.xml stays out, so that another authority
 * may add its own seal. SignedValue.dat then signs the digest of Signature.xml. */
#include "base/date.h"
#include "doc/ofd.h"
#include "doc/pdf.h"
#include "doc/seal.h"
#include "sys/crypto.h"

#define SIGN_DIR "Doc_0/Signs/Sign_0/"

static void put_base64(struct buf *b, const unsigned char *p, size_t n)
{
    static const char abc[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        size_t have = n - i < 3 ? n - i : 3;
        uint32_t v = (uint32_t)p[i] << 16 | (have > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
                     (have > 2 ? p[i + 2] : 0);
        for (size_t k = 0; k < 4; k++)
            buf_byte(b, k <= have ? (unsigned char)abc[v >> (18 - 6 * k) & 63] : '=');
    }
}

static void put_reference(struct buf *b, const struct ofd_part *part)
{
    struct sm3_hash h;
    sm3(buf_sv(&part->bytes), &h);
    buf_fmt(b, "<ofd:Reference FileRef=\"/%s\"><ofd:CheckValue>", part->name);
    put_base64(b, h.b, sizeof h.b);
    buf_str(b, "</ofd:CheckValue></ofd:Reference>\n");
}

static void write_list(struct ofd_pack *p)
{
    struct buf *b = ofd_xml(p, OFD_SIGNATURES);
    buf_str(b, "<ofd:Signatures xmlns:ofd=\"" OFD_NS "\"><ofd:MaxSignId>1</ofd:MaxSignId>"
               "<ofd:Signature ID=\"1\" Type=\"Seal\" BaseLoc=\"/" SIGN_DIR "Signature.xml\"/>"
               "</ofd:Signatures>\n");
}

static struct buf *write_signature(struct ofd_pack *p, size_t parts, const struct doc_seal *seal,
                                   const struct ofd_place *at)
{
    char time[SEAL_TIME + 1];
    struct buf *b = ofd_xml(p, SIGN_DIR "Signature.xml");
    seal_time(seal->now, time);
    buf_fmt(b, "<ofd:Signature xmlns:ofd=\"" OFD_NS "\"><ofd:SignedInfo>"
               "<ofd:Provider ProviderName=\"yizheng\" Version=\"" YZ_VERSION "\" Company=\"yizheng\"/>"
               "<ofd:SignatureMethod>" SM2_WITH_SM3 "</ofd:SignatureMethod>"
               "<ofd:SignatureDateTime>%s</ofd:SignatureDateTime>"
               "<ofd:References CheckMethod=\"" SM3_OID "\">\n", time);
    for (size_t i = 0; i < parts; i++)
        if (strcmp(p->parts[i]->name, OFD_SIGNATURES) != 0)
            put_reference(b, p->parts[i]);
    buf_fmt(b, "</ofd:References><ofd:StampAnnot ID=\"1\" PageRef=\"%u\" Boundary=\"", at->page);
    const double v[4] = { at->x, at->y, at->side, at->side };
    for (size_t i = 0; i < 4; i++) {
        if (i)
            buf_byte(b, ' ');
        pdf_number(b, v[i]);
    }
    buf_str(b, "\"/><ofd:Seal><ofd:BaseLoc>/" SIGN_DIR "Seal.esl</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>"
               "<ofd:SignedValue>/" SIGN_DIR "SignedValue.dat</ofd:SignedValue></ofd:Signature>\n");
    return b;
}

int ofd_sign(struct ofd_pack *p, const struct doc_seal *seal, const struct ofd_place *at,
             struct err *e)
{
    struct sm3_hash h;
    write_list(p);
    buf_sv_add(ofd_part(p, SIGN_DIR "Seal.esl"), seal->seal);
    struct buf *xml = write_signature(p, p->n, seal, at);
    sm3(buf_sv(xml), &h);
    return seal_use_make(seal->seal, &h, SV("/" SIGN_DIR "Signature.xml"), seal->now, seal->signer,
                         seal->signer_cert, ofd_part(p, SIGN_DIR "SignedValue.dat"), e);
}
