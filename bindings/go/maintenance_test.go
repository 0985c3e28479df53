package stele_test

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stele.dev/stele"
)

func TestADatabaseIsThereAgainWhenItIsOpenedAgain(t *testing.T) {
	path := newPath(t)
	_, err := stele.OpenOptions(path, stele.Options{Mode: stele.OpenExisting})
	isError(t, err, stele.ErrNotFound)
	db := must(stele.Open(path))
	appendOne(t, db, full())
	_, err = stele.Open(path)
	isError(t, err, stele.ErrBusy)
	noError(t, db.Close())

	db = openDB(t, path, stele.Options{Mode: stele.OpenReadOnly})
	equal(t, must(db.Get(1)).Type(), "order.placed")
	_, err = db.Append(stele.NewEvent{Type: "A"})
	isError(t, err, stele.ErrReadOnly)
	noError(t, db.Close())
	_, err = stele.OpenOptions(path, stele.Options{Mode: stele.OpenNew})
	isError(t, err, stele.ErrExists)
}

func TestOptionsThatAreWrongAreRefused(t *testing.T) {
	for _, options := range []stele.Options{
		{Interval: -1}, {Interval: 1 << 62}, {MaxReaderAge: -1}, {SegmentSize: 1}, {Durability: 99},
		{Mode: 99}, {MemoryBudget: 1}, {TestTime: time.Date(999999, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		_, err := stele.OpenOptions(stele.Memory, options)
		isError(t, err, stele.ErrInvalid)
	}
	_, err := stele.Open("a\x00b")
	isError(t, err, stele.ErrInvalid)
	_, err = stele.Open("")
	isError(t, err, stele.ErrInvalid)
}

func TestAllOptionsAreAccepted(t *testing.T) {
	db := openDB(t, newPath(t), stele.Options{
		Mode: stele.OpenNew, Durability: stele.DurabilityInterval, Interval: time.Microsecond,
		SegmentSize: 1 << 20, BufferMax: 1 << 20, TailMax: 1 << 26, MemoryBudget: 1 << 24,
		CheckpointLog: 1 << 20, MaxReaderAge: time.Second, MaxClockJump: -1, KeepWAL: true,
		StrictAfter: true, TestSeed: 7,
	})
	batch := newBatch(t, db)
	noError(t, batch.Add(stele.NewEvent{Type: "A"}))
	noError(t, batch.Guard(stele.All, 5)) // Beyond the head.
	_, err := batch.Commit()
	isError(t, err, stele.ErrInvalid)
}

func TestAPathMayHaveAnyBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tête \U0001F600 \xff")
	noError(t, must(stele.Open(path)).Close())
	_, err := os.Stat(path)
	noError(t, err)
}

func TestFiguresSayWhatHappened(t *testing.T) {
	db := openDB(t, newPath(t), stele.Options{})
	equal(t, must(db.Stats()).LastRecorded.IsZero(), true)
	commit := appendOne(t, db, stele.NewEvent{Type: "A", Entity: "e"})
	noError(t, db.Checkpoint())
	stats := must(db.Stats())
	equal(t, stats.Head, 1)
	equal(t, stats.TSN, 1)
	equal(t, stats.Commits, 1)
	equal(t, stats.LastRecorded, commit.Recorded)
	equal(t, stats.AppliedTSN, 1)
	equal(t, stats.UUID.IsZero(), false)
	equal(t, stats.PageSize > 0 && stats.Pages > 0 && stats.CacheBudget > 0, true)
	equal(t, stats.Checkpoints > 0 && stats.CheckpointTimeMax <= stats.CheckpointTime, true)
	equal(t, stats.Syncs > 0 && stats.SyncTimeMax <= stats.SyncTime, true)
}

// history fills a database so that what is done in steps has several.
func history(t *testing.T) *stele.DB {
	db := openDB(t, newPath(t), stele.Options{Durability: stele.DurabilityOS})
	for i := 0; i < 40; i++ {
		events := make([]stele.NewEvent, 100)
		for j := range events {
			events[j] = stele.NewEvent{Type: "A", Entity: "e", Data: make([]byte, 1000)}
		}
		must(db.Append(events...))
	}
	noError(t, db.Checkpoint())
	return db
}

func TestAVerificationChecksEverything(t *testing.T) {
	db := history(t)
	ctx := context.Background()
	steps := 0
	done, err := must(db.Verify()).Run(ctx, func(p stele.VerifyProgress) {
		steps++
		equal(t, p.BytesDone <= p.BytesTotal, true)
	})
	noError(t, err)
	equal(t, done.Commits, 40)
	equal(t, done.Events, 4000)
	equal(t, done.Root == stele.Hash{}, false)
	equal(t, steps > 1, true)
}

func TestWorkInStepsEndsWithItsContext(t *testing.T) {
	db := history(t)
	ctx, cancel := context.WithCancel(context.Background())
	steps := 0
	verify := must(db.Verify())
	_, err := verify.Run(ctx, func(stele.VerifyProgress) {
		steps++
		cancel()
	})
	isError(t, err, context.Canceled)
	equal(t, steps, 1)
	equal(t, verify.Step(), false)
	_, err = must(db.Backup(newPath(t))).Run(ctx, nil)
	isError(t, err, context.Canceled)
	_, err = must(db.Compact()).Run(ctx, nil)
	isError(t, err, context.Canceled)
}

func TestABackupIsADatabase(t *testing.T) {
	db := history(t)
	path := newPath(t)
	backup := must(db.Backup(path))
	for backup.Step() {
		equal(t, backup.Progress().BytesDone <= backup.Progress().BytesTotal, true)
	}
	noError(t, backup.Err())
	noError(t, backup.Close())
	equal(t, backup.Progress().Head, 4000)
	equal(t, backup.Progress().TSN, 40)
	copied := openDB(t, path, stele.Options{Mode: stele.OpenExisting})
	equal(t, must(copied.Stats()).UUID, must(db.Stats()).UUID)
	equal(t, must(copied.Count(stele.All)), 4000)
	_, err := db.Backup(path)
	isError(t, err, stele.ErrExists)
}

func TestACompactionMakesTheFileNoLarger(t *testing.T) {
	db := history(t)
	done, err := must(db.Compact()).Run(context.Background(), nil)
	noError(t, err)
	equal(t, done.BytesNow <= done.BytesBefore, true)
	equal(t, must(db.Count(stele.All)), 4000)
}

func TestARepairMakesANewDatabase(t *testing.T) {
	db := history(t)
	path, to := newPath(t), newPath(t)
	_, err := must(db.Backup(path)).Run(context.Background(), nil)
	noError(t, err)
	done, err := must(stele.StartRepair(path, to, stele.LostRefuse)).Run(context.Background(), nil)
	noError(t, err)
	equal(t, done.Commits, 40)
	equal(t, done.Events, 4000)
	equal(t, done.FirstLost, 0)
	equal(t, must(openDB(t, to, stele.Options{}).Count(stele.All)), 4000)
	_, err = stele.StartRepair(newPath(t), newPath(t), stele.LostCut)
	isError(t, err, stele.ErrNotFound)
}

// damageCommit changes a byte of commit number, from 1 on, in the log of a closed database.
func damageCommit(t *testing.T, path string, number int) {
	t.Helper()
	log := filepath.Join(path, "wal", "00000001.wal")
	data := must(os.ReadFile(log))
	frame := 4096
	for ; number > 1; number-- {
		frame += (int(binary.LittleEndian.Uint32(data[frame+8:])) + 7) / 8 * 8
	}
	data[frame+60] ^= 1
	noError(t, os.WriteFile(log, data, 0o600))
}

func TestARepairNamesTheTablesThatItLeavesOut(t *testing.T) {
	path, to := newPath(t), newPath(t)
	db := must(stele.Open(path))
	for _, name := range []string{"first", "second"} {
		noError(t, db.CreateTable(stele.TableName{Name: name}, stele.TableOptions{}))
	}
	appendOne(t, db, stele.NewEvent{Type: "A"})
	appendOne(t, db, stele.NewEvent{Type: "B"})
	noError(t, db.Close())
	damageCommit(t, path, 3) // It may have written to both.
	done, err := must(stele.StartRepair(path, to, stele.LostReplace)).Run(context.Background(), nil)
	noError(t, err)
	var names []string
	for _, table := range done.LeftOut {
		names = append(names, table.Name.Schema+"."+table.Name.Name)
	}
	equal(t, strings.Join(names, " "), "root.first root.second")
}

func TestAReceiptProvesAnEvent(t *testing.T) {
	db := openDB(t, newPath(t), stele.Options{})
	appendOne(t, db, full())
	appendOne(t, db, stele.NewEvent{Type: "B"})
	receipt, event := must(db.Receipt(1)), must(db.Get(1))
	equal(t, len(receipt) <= stele.ReceiptMax, true)
	info := must(stele.VerifyReceipt(receipt, event.Encoded()))
	equal(t, info, stele.ReceiptInfo{
		UUID: must(db.Stats()).UUID, TSN: 1, Position: 1, Recorded: event.Recorded(),
		EventHash: event.Hash(), ChainedRoot: info.ChainedRoot,
	})
	must(stele.VerifyReceipt(receipt, nil))
	noError(t, db.CheckReceipt(receipt))
	_, err := stele.VerifyReceipt(receipt, must(db.Get(2)).Encoded())
	isError(t, err, stele.ErrCorrupt)
	receipt[len(receipt)-1]++
	isError(t, db.CheckReceipt(receipt), stele.ErrCorrupt)
	_, err = db.Receipt(3)
	isError(t, err, stele.ErrNotFound)
}

func TestPagesCanBeLookedAt(t *testing.T) {
	db := openDB(t, newPath(t), stele.Options{})
	appendOne(t, db, stele.NewEvent{Type: "A"})
	_, err := db.Inspect("")
	isError(t, err, stele.ErrNotFound)
	noError(t, db.Checkpoint())
	equal(t, strings.Contains(must(db.Inspect("")), "events"), true)
	_, err = db.Inspect("nothing")
	isError(t, err, stele.ErrInvalid)
}
