"""Source code to analyse, and analysing it as the executor does."""

from typing import Any

from tests.analysing import NOON, SCHEMAS, STANDARD_INPUT, item, message
from wct_adapters.analysers.source_code import SourceCodeAnalyserFactory
from wct_domain.context import StepContext, working_in
from wct_domain.message import Message
from wct_domain.schemas import Schema
from wct_domain.services import ServiceContainer

LATEST = Schema("source_code", "1.1.0", SCHEMAS)
FIRST = Schema("source_code", "1.0.0", SCHEMAS)


def analysed(
    *items: dict[str, Any],
    output: Schema = LATEST,
    step: StepContext | None = None,
    **properties: Any,
) -> Message:
    factory = SourceCodeAnalyserFactory(ServiceContainer())
    with working_in(step or StepContext(at=NOON, seed=0)):
        analyser = factory.create(properties)
        return analyser.process(STANDARD_INPUT, output, message(*items))


def read(name: str, text: str, **properties: Any) -> dict[str, Any]:
    """Return what is said of one file."""
    content = analysed(item(text, name), **properties).content
    file: dict[str, Any]
    (file,) = content["data"]
    return file


PHP = """<?php
namespace Shop;

use Stripe\\StripeClient as Client;
use Foo\\{Bar, Baz};
require_once 'lib/db.php';

/**
 * Takes orders.
 */
final class Desk extends Counter implements Open, Lit
{
    // A line
    // and another one.
    public static function take(string $name, ?int $count = 3, Item ...$rest): ?Order
    {
        $sql = "INSERT INTO orders VALUES ('$name')";
        return null; # none yet
    }
}
interface Open {}
function greet($who) { return 'Grüße, ' . "all"; }
"""

JAVASCRIPT = """import React, { useState as state } from "react";
import * as path from './path';
export { ship } from 'ships';
const fs = require('fs');
/** Keeps things. */
export class Cart extends Base.Bag {
  static async add(item, count = 1, ...rest) { return `added ${item}`; }
  total = (tax) => tax;
}
// Says hello.
export const greet = async (who) => 'hello';
function* each({ a }, [b]) {}
"""

TYPESCRIPT = """import type { Order } from "./order";
import fs = require("fs");
/** Keeps orders. */
export abstract class Desk<T> extends Counter<T> implements Open, Lit {
  private static take(name: string, count: number = 3): Promise<void> { return l("x"); }
}
interface Open extends Door { open(hard?: boolean): void }
export const greet = (who: string): string => 'hello';
"""

PYTHON = '''"""Orders."""
import os, stripe as payments
from shop.stock import Shelf as S, count
from . import near

class Desk(Counter, Lit):
    """Takes orders."""

    async def take(self, name: str, count=3, *rest: int, **more) -> "Order":
        """Take one."""
        return f"order of {name}"  # not more


# Says hello.
def greet(who):
    return 'hello'
'''

JAVA = """package shop;
import java.util.List;
import static shop.Names.*;
/** Takes orders. */
public class Desk extends Counter implements Open, Lit {
    /* Makes one. */
    public Desk(int size) {}
    @Override
    protected static List<Order> take(final String name, int... counts) {
        return find("orders"); }
}
interface Open { void open(); }
"""

GO = """package shop

import (
\t"fmt"
\tpay "github.com/stripe/stripe-go/v74"
)

// Desk takes orders.
type Desk struct{ name string `json:"name"` }

// Take takes one.
func (d *Desk) Take(name, alias string, counts ...int) (string, error) {
	return "taken", nil }
"""

CSHARP = """using System;
using Pay = Stripe.Checkout;
namespace Shop {
  /// Takes orders.
  public class Desk : Counter, IOpen {
    public static string Take(ref string name, int count = 3, params string[] rest)
    { return $"order of {name}"; }
  }
  interface IOpen {}
}
"""

RUBY = """require 'stripe'
require_relative 'stock'
# Takes orders.
# One by one.
class Desk < Shop::Counter
  def take(name, count = 3, *rest, at:, in_store: true)
    "order of #{name}"
  end

  def self.open; end
end
module Lit; end
"""
