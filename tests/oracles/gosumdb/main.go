// Check a published log with Go's own golang.org/x/mod/sumdb packages: gosumdb LOG-FOLDER LOG-KEY [OLDER-CHECKPOINT...]
//
// Everything is recomputed: the signature, the root, every leaf of every bundle, every inclusion proof, and the consistency
// of every pair of the checkpoints given (in ascending order). The one difference from sumdb's own layout is the tile path (tile/8/... there).
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type folder string

func (f folder) Height() int { return 8 }

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		out = append(out, data)
	}
	return out, nil
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "REJECTED:", err)
		os.Exit(1)
	}
}

func open(path string, key string) tlog.Tree {
	data, err := os.ReadFile(path)
	check(err)
	verifier, err := note.NewVerifier(key)
	check(err)
	opened, err := note.Open(data, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	check(err)
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree
}

func entries(dir string, n int64, width int64) [][]byte {
	tile := tlog.Tile{H: 8, L: -1, N: n, W: int(width)}
	path := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
	data, err := os.ReadFile(filepath.Join(dir, path))
	check(err)
	var out [][]byte
	for len(data) > 0 {
		length := int(binary.BigEndian.Uint16(data))
		out = append(out, data[2:2+length])
		data = data[2+length:]
	}
	return out
}

func main() {
	dir, key := os.Args[1], os.Args[2]
	tree := open(filepath.Join(dir, "checkpoint"), key)
	reader := tlog.TileHashReader(tree, folder(dir))
	root, err := tlog.TreeHash(tree.N, reader)
	check(err)
	if root != tree.Hash {
		check(fmt.Errorf("root %v, signed %v", root, tree.Hash))
	}
	leaves := int64(0)
	for first := int64(0); first < tree.N; first += 256 {
		width := min(256, tree.N-first)
		var indexes []int64
		for i := first; i < first+width; i++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, i))
		}
		hashes, err := reader.ReadHashes(indexes)
		check(err)
		bundle := entries(dir, first/256, width)
		if int64(len(bundle)) != width {
			check(fmt.Errorf("bundle %d has %d entries", first/256, len(bundle)))
		}
		for i, entry := range bundle {
			if tlog.RecordHash(entry) != hashes[i] {
				check(fmt.Errorf("leaf %d is not what its tile says", first+int64(i)))
			}
			leaves++
		}
	}
	for index := int64(0); index < tree.N; index++ {
		proof, err := tlog.ProveRecord(tree.N, index, reader)
		check(err)
		hash, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		check(err)
		check(tlog.CheckRecord(proof, tree.N, tree.Hash, index, hash[0]))
	}
	trees := []tlog.Tree{}
	for _, path := range os.Args[3:] {
		trees = append(trees, open(path, key))
	}
	pairs := 0
	for i, older := range trees {
		for _, newer := range append(append([]tlog.Tree{}, trees[i:]...), tree) {
			proof, err := tlog.ProveTree(newer.N, older.N, reader)
			check(err)
			check(tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash))
			pairs++
		}
	}
	fmt.Printf("accepted %d leaves, %d inclusion proofs, %d pairs of checkpoints\n", leaves, tree.N, pairs)
}
