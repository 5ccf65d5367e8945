/* SHA-256 against the vectors of FIPS 180-4 (NIST's examples, "abc" and the 448-bit message). */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"

static const char empty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char million_a[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

Test(digest, known_vectors)
{
    char text[DIGEST_TEXT_BYTES];
    digest_bytes(NULL, 0, text);
    cr_expect_str_eq(text, empty);
    digest_bytes("abc", 3, text);
    cr_expect_str_eq(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const char *message = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    digest_bytes(message, strlen(message), text);
    cr_expect_str_eq(text, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

Test(digest, file_longer_than_one_block)
{
    char path[] = "/tmp/fringe-digest-XXXXXX", text[DIGEST_TEXT_BYTES];
    FILE *stream = fdopen(mkstemp(path), "wb");
    for (int i = 0; i < 1000000; i++) fputc('a', stream);
    fclose(stream);
    fringe_status status = digest_file(path, text, NULL);
    unlink(path);
    cr_assert_eq(status, FRINGE_OK);
    cr_assert_str_eq(text, million_a);
}

Test(digest, missing_file_is_named)
{
    char text[DIGEST_TEXT_BYTES];
    fringe_error error;
    cr_assert_eq(digest_file("/no/such/file", text, &error), FRINGE_FILE);
    cr_assert(strstr(error.message, "/no/such/file"));
}
