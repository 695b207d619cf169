<?php
namespace WickAndWeft\Pages;

use Mailgun\Mailgun;
use Stripe\StripeClient as Payments;

/** Takes the money, and writes to the customer. */
function pay(Payments $payments, Mailgun $mail, array $cart, string $customer): string
{
    $intent = $payments->paymentIntents->create([
        'amount' => array_sum(array_column($cart, 'price')),
        'currency' => 'eur',
        'receipt_email' => $customer,
    ]);
    $mail->messages()->send('shop.example.com', [
        'from' => 'shop@example.com',
        'to' => $customer,
        'subject' => 'Your order, and our newsletter',
    ]);

    return $intent->id;
}
