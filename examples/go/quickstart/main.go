package main

import (
	"fmt"
	"log"

	"stele.dev/stele"
)

func main() {
	db, err := stele.Open("shop")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	sold, err := db.Append(stele.NewEvent{Type: "BookSold", Tags: []string{"book:dune"}})
	fmt.Println(sold.First, err)
}
