package stele_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"stele.dev/stele"
)

func TestAUUIDIsReadAsItWasWritten(t *testing.T) {
	text := "018e8f3c-7b1a-7c3e-8a52-9d1f0c6b2e4d"
	id := must(stele.ParseUUID(text))
	equal(t, id.String(), text)
	equal(t, must(stele.ParseUUID(strings.ToUpper(text))), id)
	equal(t, must(stele.ParseUUID(strings.ReplaceAll(text, "-", ""))), id)
	equal(t, string(must(json.Marshal(id))), `"`+text+`"`)
	var back stele.UUID
	noError(t, json.Unmarshal([]byte(`"`+text+`"`), &back))
	equal(t, back, id)
	for _, wrong := range []string{"", "018e", text[1:], text + "0", strings.Replace(text, "0", "g", 1)} {
		_, err := stele.ParseUUID(wrong)
		isError(t, err, stele.ErrInvalid)
	}
	isError(t, json.Unmarshal([]byte(`"x"`), &back), stele.ErrInvalid)
}

func TestAnErrorIsFoundByStatusAndTellsItsDetails(t *testing.T) {
	db := memoryDB(t)
	_, err := db.Get(1)
	wrapped := fmt.Errorf("loading: %w", err)
	isError(t, wrapped, stele.ErrNotFound)
	equal(t, errors.Is(wrapped, stele.ErrConflict), false)
	var found *stele.Error
	equal(t, errors.As(wrapped, &found), true)
	equal(t, found.Status, stele.StatusNotFound)
	equal(t, err.Error(), "stele: NOT_FOUND: "+found.Message)
	var status stele.Status
	equal(t, errors.As(stele.ErrFull, &status), true)
	equal(t, status, stele.StatusFull)
	equal(t, status.String(), "FULL")
	equal(t, stele.Status(99).String(), "UNKNOWN")
}

func TestAnErrorOfTheOperatingSystemIsFoundToo(t *testing.T) {
	if os.Getuid() == 0 {
		_, err := stele.Open("/proc/stele")
		isError(t, err, syscall.ENOENT)
		return
	}
	_, err := stele.Open("/stele")
	isError(t, err, syscall.EACCES)
}

func TestTheVersionIsThatOfTheLibrary(t *testing.T) {
	number := stele.VersionNumber()
	equal(t, stele.Version(), fmt.Sprintf("%d.%d.%d", number/1000000, number/1000%1000, number%1000))
}
