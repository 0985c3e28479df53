package stele_test

import (
	"bytes"
	"math"
	"reflect"
	"testing"

	"stele.dev/stele"
)

func TestKeysCompareAsTheirParts(t *testing.T) {
	ascending := []stele.KeyPart{
		{Kind: stele.KeyNull},
		{Kind: stele.KeyBool, Integer: 1},
		{Kind: stele.KeyReal, Real: -1000.5},
		{Kind: stele.KeyInteger, Integer: -1},
		{Kind: stele.KeyReal, Real: 0.5},
		{Kind: stele.KeyUnsigned, Natural: math.MaxUint64},
		{Kind: stele.KeyText, Bytes: []byte("")},
		{Kind: stele.KeyText, Bytes: []byte("a\x00")},
		{Kind: stele.KeyBytes, Bytes: []byte{0xff}},
		{Kind: stele.KeyDate, Integer: 3},
		{Kind: stele.KeyTimestamptz, Integer: -3},
		{Kind: stele.KeyUUID, Bytes: make([]byte, 16)},
		{Kind: stele.KeyNullLast},
	}
	for i, part := range ascending {
		key := must(stele.EncodeKey(part))
		if i > 0 {
			equal(t, bytes.Compare(must(stele.EncodeKey(ascending[i-1])), key), -1)
		}
		part.Descending = true
		turned := must(stele.EncodeKey(part))
		for j := range turned {
			turned[j] ^= 0xff
		}
		equal(t, string(turned), string(key))
	}
	whole := must(stele.EncodeKey(stele.KeyPart{Kind: stele.KeyInteger, Integer: 1}))
	equal(t, string(whole), string(must(stele.EncodeKey(stele.KeyPart{Kind: stele.KeyReal, Real: 1}))))

	all := must(stele.EncodeKey(ascending...))
	back := must(stele.DecodeKey(all))
	equal(t, reflect.DeepEqual(back, ascending), true)
	equal(t, len(must(stele.DecodeKey(nil))), 0)
	equal(t, len(must(stele.EncodeKey())), 0)
}

func TestAKeyIsRefusedWithTheReason(t *testing.T) {
	_, err := stele.EncodeKey(stele.KeyPart{Kind: stele.KeyText, Bytes: []byte{0xff}})
	isError(t, err, stele.ErrInvalid)
	_, err = stele.EncodeKey(stele.KeyPart{Kind: stele.KeyJSON})
	isError(t, err, stele.ErrUnsupported)
	_, err = stele.EncodeKey(make([]stele.KeyPart, 5)...)
	isError(t, err, stele.ErrInvalid)
	_, err = stele.EncodeKey(stele.KeyPart{Kind: stele.KeyBytes, Bytes: make([]byte, 2000)})
	isError(t, err, stele.ErrTooLarge)
	_, err = stele.DecodeKey([]byte{0x20, 'a'})
	isError(t, err, stele.ErrCorrupt)
	_, err = stele.DecodeKey(make([]byte, 5000))
	isError(t, err, stele.ErrCorrupt)
}

func TestTheEndOfARangeOfKeys(t *testing.T) {
	end, ok, err := stele.KeyPrefixEnd([]byte{0x20, 'a', 0xff})
	noError(t, err)
	equal(t, ok, true)
	equal(t, string(end), "\x20b")
	_, ok, err = stele.KeyPrefixEnd(nil)
	noError(t, err)
	equal(t, ok, false)
}
